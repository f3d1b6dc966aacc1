import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { emptyState } from '../../results/dashboard-state.js';
import { History } from '../../results/history.js';
import { activeBands } from '../../views/detector/detector-view.js';
import type { Style } from '../../tui/draw/style.js';
import type { About } from '../../tui/text/head-lines.js';
import type { Console } from '../console/console.js';
import type { MessageSink } from '../watch/follow.js';
import { snapshotText } from '../watch/snapshot.js';
import { stateSink } from '../watch/state-sink.js';

const durationMs = 10_000;
const everyMs = 3000;

/**
 * Prints snapshots of the dashboard: one as soon as there are hits, then one every 3 s until 10 s after the start.
 *
 * @param follow reads messages into the sink until the signal it gets
 */
export async function printSnapshots(
  console: Console,
  follow: (sink: MessageSink, signal: AbortSignal) => Promise<void>,
  how: { readonly style: Style; readonly about: About },
  signal: AbortSignal,
): Promise<void> {
  const state = emptyState();
  const history = new History(activeBands);
  const begun = new AbortController();
  const over = new AbortController();
  const end = (): void => {
    begun.abort();
    over.abort();
  };
  const timer = setTimeout(end, durationMs);
  signal.addEventListener('abort', end);
  const sink = stateSink(
    state,
    () => {
      if (state.totals.hits > 0) begun.abort();
    },
    history,
  );
  const print = async (): Promise<void> => {
    if (!begun.signal.aborted) await once(begun.signal, 'abort');
    while (!signal.aborted) {
      await console.writeOut(snapshotText(console, { state, history }, how));
      if (over.signal.aborted) return;
      await delay(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  try {
    if (!signal.aborted) await Promise.all([follow(sink, over.signal), print()]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    end();
  }
}
