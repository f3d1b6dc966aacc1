import { utcOfIso } from '../../domain/utc-text.js';
import type { Explanation } from '../../quality/explain.js';
import { objectText } from '../../quality/object-text.js';
import type { Console } from '../console/console.js';
import { logName } from '../flags/log.js';
import type { ExplainFlags } from './flags.js';
import type { LogbookState } from '../quality/logbook-state.js';
import { MonitorSink } from './monitor-sink.js';
import { readMonitored } from './monitored-messages.js';
import { objectArgument } from './object-argument.js';
import { QualityFeed } from '../quality/quality-feed.js';
import { qualitySetup } from '../quality/quality-setup.js';
import { Reporter } from './reporter.js';
import { faultWords, objectWords, valueWords } from '../quality/words.js';

/** `dtstream monitor explain`: what each test sees of an object now. */
export async function runExplain(console: Console, text: string, flags: ExplainFlags): Promise<void> {
  const signal = console.stopSignal();
  const { makeQuality, geometryHash, chambers } = await qualitySetup(flags);
  const object = objectArgument(text, chambers);
  const reporter = new Reporter({ console, quiet: flags.quiet, mode: 'silent' });
  const feed = new QualityFeed({
    ...{ console, geometryHash, idleMs: Infinity },
    makeQuality: () => makeQuality((test, name) => reporter.state.idOf(test, name)),
  });
  const source = `${flags.topic} of ${logName(flags)}`;
  const sink = new MonitorSink({ console, feed, reporter, source, quiet: flags.quiet });
  const whole = { from: 'latest', untilEnd: true, signal } as const;
  await readMonitored(console, flags, { sink, reporter }, whole);
  if (signal.aborted) return;
  await sink.settled();
  feed.end();
  const tests = feed.quality.explain(object);
  if (flags.json) {
    const name = objectText(object);
    await console.writeJson({ object: name, known: reporter.state.known.get(name) ?? null, tests }, 2);
    return;
  }
  const head = `${objectWords(object)}: ${tests.length} tests`;
  await console.writeLines([head, ...tests.flatMap((test) => linesOf(test, reporter.state))]);
}

function linesOf(test: Explanation, state: LogbookState): string[] {
  const { id, since } = test;
  const remark = id === undefined ? undefined : state.acknowledged.get(id);
  return [
    `${test.test.padEnd(18)}  ${test.state.padEnd(7)}  ${valueWords(test.test, test)}`,
    `    ${test.state === 'ALARM' ? `${faultWords(test.test)}; ` : ''}${test.why}`,
    ...(since === undefined ? [] : [`    since ${since.isAtOrBefore ? 'before ' : ''}${utcOfIso(since.closed)} UTC, id ${id ?? ''}`]),
    ...(remark === undefined ? [] : [`    acknowledged by ${remark.by}${remark.note === undefined ? '' : `: ${remark.note}`}`]),
  ]; // prettier-ignore
}
