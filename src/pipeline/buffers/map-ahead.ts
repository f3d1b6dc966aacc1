import { AsyncEvent } from '../../async-event.js';

/**
 * Applies `work` to the items of a stream with up to `limit` of them under way, and yields the results in the order of
 * the items. Keeps taking items while the consumer of the results is busy. When the stream fails, the results before the
 * failure are still yielded.
 */
export async function* mapAhead<In, Out>(
  items: AsyncIterable<In>,
  limit: number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<Out, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const underWay: Promise<Out>[] = [];
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  let isWanted = true;
  let isFilling = false;
  const changed = new AsyncEvent();

  const fill = async (): Promise<void> => {
    isFilling = true;
    try {
      while (isWanted && !ended && underWay.length < limit) {
        const next = await iterator.next();
        if (next.done === true) {
          ended = true;
        } else {
          const result = work(next.value);
          // The consumer sees the failure; until then it must not count as unhandled.
          result.catch(() => undefined);
          underWay.push(result);
          changed.notify();
        }
      }
    } catch (error) {
      failure = { error };
      ended = true;
    }
    isFilling = false;
    changed.notify();
  };

  try {
    for (;;) {
      if (!isFilling && !ended && underWay.length < limit) void fill();
      if (underWay.length > 0) {
        const result = await underWay[0];
        void underWay.shift();
        yield result;
      } else if (isFilling) {
        await changed.wait();
      } else {
        break;
      }
    }
  } finally {
    isWanted = false;
    await Promise.allSettled(underWay);
    if (!ended) await iterator.return?.();
  }
  if (failure !== undefined) throw failure.error;
}
