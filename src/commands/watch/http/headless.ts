import { once } from 'node:events';
import { emptyState } from '../../../results/dashboard-state.js';
import { History } from '../../../results/history.js';
import { activeBands } from '../../../views/detector/detector-view.js';
import type { Console } from '../../console/console.js';
import type { MessageSink } from '../follow.js';
import { lagSink } from '../lag-sink.js';
import { keepHeapSmall } from '../small-heap.js';
import { stateSink } from '../state-sink.js';
import type { ScreenPlace } from '../watch-on-screen.js';
import type { WatchQuality } from '../watch-quality.js';

/** What is watched without a terminal. */
export interface HeadlessPlace extends Pick<ScreenPlace, 'geometry' | 'isFromStart'> {
  readonly quality: WatchQuality;
  readonly serve: ScreenPlace['serve'];
  readonly quiet: boolean;
}

/**
 * Watches without a screen, for the live page alone, until the signal: it stays when the messages have come to their end.
 *
 * @param follow reads messages into the sink until their end or the signal
 */
export async function watchHeadless(
  console: Console,
  { quality, serve, quiet, geometry, isFromStart }: HeadlessPlace,
  follow: (sink: MessageSink, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const state = { ...emptyState(), isFromStart };
  const endHeap = keepHeapSmall();
  const history = new History(activeBands);
  const served = await serve?.({
    ...{ state, history },
    ...(geometry !== undefined && { geometry }),
    quality: () => quality.picture(),
    marks: () => quality.marks(),
    reference: () => quality.reference,
  });
  if (!quiet && served !== undefined) console.logLine(`live page on ${served.url}`);
  try {
    const sink = lagSink(stateSink(state, undefined, history), { state, history }, () => undefined);
    await follow(quality.sink(withReasons(console, sink, quiet)), signal);
    if (signal.aborted) return;
    await quality.end();
    state.ended = true;
    await once(signal, 'abort');
  } finally {
    quality.close();
    endHeap();
    await served?.close();
  }
}

/** Says why nothing comes, once until something does. */
function withReasons(console: Console, sink: MessageSink, quiet: boolean): MessageSink {
  let said: string | undefined;
  return {
    ...sink,
    progress: (state) => {
      said = undefined;
      return sink.progress(state);
    },
    waiting: (why) => {
      if (said !== why && !quiet) console.logLine(`waiting: ${why}`);
      said = why;
      sink.waiting(why);
    },
  };
}
