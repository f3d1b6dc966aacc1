import { resolveStyle } from '../tui/style.js';
import { loadConfig } from './config.js';
import { startLine } from './demo-line.js';
import { printSnapshots } from './demo-snapshots.js';
import type { DemoFlags } from './demo.js';
import { openLog } from './log-flags.js';
import { stopSignal } from './stdio.js';
import { followMessages, type MessageSink } from './watch-follow.js';
import { screenRefusalHere, watchOnScreen } from './watch-screen.js';

/** `dtstream demo`: simulator → produce → log → process → dashboard, until the user has seen enough. */
export async function runDemo(flags: DemoFlags): Promise<void> {
  const stop = stopSignal();
  const { geometry } = await loadConfig(flags.config);
  if (stop.aborted) return;
  const line = startLine(flags);
  const over = new AbortController();
  for (const signal of [stop, line.ended]) signal.addEventListener('abort', () => over.abort());
  const follow = (sink: MessageSink, signal: AbortSignal): Promise<void> =>
    followMessages(() => openLog({ store: line.store }, { create: false }), withoutReasons(sink), {
      topic: 'data_clean',
      from: 'earliest',
      untilEnd: false,
      waits: true,
      signal,
    });
  try {
    const style = resolveStyle({ env: process.env, isTerminal: process.stdout.isTTY, ascii: flags.ascii });
    if (screenRefusalHere() === undefined) {
      const terminal = { input: process.stdin, output: process.stdout };
      const channelFirst = geometry.chambers.map((chamber) => chamber.channelFirst);
      await watchOnScreen({ terminal, style, source: sourceText(flags), channelFirst }, follow, over.signal);
    } else {
      await printSnapshots(follow, style, over.signal);
    }
  } finally {
    await line.stop();
  }
}

function sourceText({ rate }: DemoFlags): string {
  return rate === Infinity ? 'simulated muons' : `simulated muons, ${rate} rows/s`;
}

/** That log and topic are not there in the first moment goes without saying. */
function withoutReasons(sink: MessageSink): MessageSink {
  return { ...sink, waiting: () => undefined };
}
