/**
 * Applies `work` to the items of a stream with up to `limit` of them under way, and yields the results in the order of
 * the items. When the stream fails, the results before the failure still come.
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
  try {
    for (;;) {
      while (!ended && underWay.length < limit) {
        try {
          const next = await iterator.next();
          if (next.done === true) {
            ended = true;
          } else {
            const result = work(next.value);
            // Whoever takes it sees the failure; until then it must not count as unhandled.
            result.catch(() => undefined);
            underWay.push(result);
          }
        } catch (error) {
          failure = { error };
          ended = true;
        }
      }
      const result = underWay.shift();
      if (result === undefined) break;
      yield await result;
    }
  } finally {
    await Promise.allSettled(underWay);
    if (!ended) await iterator.return?.();
  }
  if (failure !== undefined) throw failure.error;
}
