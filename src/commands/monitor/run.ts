import type { Console } from '../console/console.js';
import { logName } from '../flags/log.js';
import { sayPart } from '../flags/part.js';
import { OneGroup } from '../watch/group-filter.js';
import { monitorMetricsOf } from '../metrics/metrics-asked.js';
import { ExecQueue } from './exec-queue.js';
import type { MonitorFlags } from './flags.js';
import { linesOf } from '../console/lines.js';
import { Logbook } from '../quality/logbook.js';
import { MonitorSink } from './monitor-sink.js';
import { readMonitored } from './monitored-messages.js';
import { QualityFeed } from '../quality/quality-feed.js';
import { qualitySetup } from '../quality/quality-setup.js';
import { Reporter } from './reporter.js';

/** How often it is looked for silent lanes and for news of the logbook. */
const tickMs = 500;
/** How long the end may take: more than what waits for `--exec`. */
const endMs = 15_000;

/** `dtstream monitor`: a line for each change of quality. */
export async function runMonitor(console: Console, input: '-' | undefined, flags: MonitorFlags): Promise<void> {
  const signal = console.stopSignal();
  // An unreachable log or a reader that has stopped reading must not keep a stopping process alive.
  signal.addEventListener('abort', () => setTimeout(() => console.exit(0), endMs).unref());
  const { quiet, idle: idleMs } = flags;
  const { makeQuality, geometryHash } = await qualitySetup(flags);
  const exec = flags.exec === undefined ? undefined : new ExecQueue(console, flags.exec);
  const reporter = new Reporter({ console, quiet, exec, mode: flags.untilEnd ? 'past' : 'live' });
  const makeKnowing = () => makeQuality((test, object) => reporter.state.idOf(test, object));
  const feed = new QualityFeed({ console, makeQuality: makeKnowing, geometryHash, idleMs });
  const source = `${flags.topic} of ${logName(flags)}`;
  const sink = new MonitorSink({ console, feed, reporter, source, quiet });
  const served = await monitorMetricsOf(console, flags, {
    states: () => feed.quality.states,
    alarms: () => feed.quality.alarms.length,
    unread: () => sink.unread,
  });
  const timer = setInterval(() => void sink.tick(), tickMs);
  try {
    if (input === '-') await readStandardInput(console, flags, { sink, reporter }, signal);
    else {
      sayPart(console, flags);
      await readMonitored(console, flags, { sink, reporter }, { ...flags, signal });
    }
    if (!signal.aborted) await sink.end();
  } finally {
    clearInterval(timer);
    await exec?.end();
    await served?.close();
  }
}

async function readStandardInput(
  console: Console,
  { group, state }: MonitorFlags,
  { sink, reporter }: { readonly sink: MonitorSink; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<void> {
  if (state !== undefined) await reporter.openLogbook(new Logbook(state));
  const one = new OneGroup(console, group, false);
  signal.addEventListener('abort', () => console.stdin.destroy());
  let offset = 0;
  try {
    for await (const line of linesOf(console.stdin)) {
      await sink.take(line, { partition: 0, offset: offset++ }, (name) => one.isOurs(name));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted) one.assertSeen();
}
