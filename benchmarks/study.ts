/**
 * `dtstream bench` on a study of 24 configurations, a run that is deliberately too fast, and searches of the highest rate
 * on both logs. Writes two sections of docs/benchmarks.md and a picture beside it. Java 17 and Maven must be there for
 * Kafka. What was measured is kept below build/, and the same command continues after any end.
 *
 * Usage: npm run bench:study [-- --rounds N --scale SHARE --page FILE]
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentText } from './common/child-environment.js';
import { dtstreamBench } from './common/dtstream-bench.js';
import { partFlags } from './common/part-flags.js';
import { writeSection } from './common/report-section.js';
import { type Experiment, limitsSection, studySection } from './study/sections.js';

const folder = 'build';
const flags = partFlags('study', 3);
const plot = 'study.svg';
const state = (name: string): string => join(folder, `${name}-${flags.rounds}-${flags.scale}.jsonl`);
const states = { study: state('study'), limits: state('limits') };
/** So much is measured at least, also of a study that is only to work. */
const timeMsMin = 500;
const notes = flags.scale === 1 ? environmentText : `${environmentText} Times are ${flags.scale} of the full ones.`;

mkdirSync(folder, { recursive: true });
const study = await run(
  'the study',
  [
    ...['--threads', '1,2', '--partitions', '1,10,200', '--shards', '2,10', '--rate', '5000,20k'],
    ...['--batch-interval', '200ms', '--warm-up', '1s', ...duration(3000), '--repeat', String(flags.rounds)],
  ],
  '--resume',
  states.study,
  '--plot',
  join(dirname(flags.page), plot),
);
await writeSection(flags.page, 'study', studySection(study, plot, notes));

const tooFast = await run('too fast', ['--rate', '50M', ...duration(3000), '--warm-up', '1s', '--repeat', '1']);
const embedded = await run(
  'the highest rate on the embedded log',
  [
    ...['--find-limit', '--threads', '1,2,3', '--encoding', 'words', '--rows-per-message', '4096', '--rate', '1M'],
    ...[...duration(3000), '--warm-up', '1s', '--tolerance', '10'],
  ],
  '--resume',
  states.limits,
);
const kafka = await kafkaLimit().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
  return error instanceof Error ? error.message : String(error);
});
await writeSection(flags.page, 'limits', limitsSection({ tooFast, embedded, kafka, notes }));
// All is written: the next study starts from scratch.
for (const file of Object.values(states)) rmSync(file, { force: true });

async function kafkaLimit(): Promise<Experiment> {
  const { startBenchBroker } = await import('./kafka/services.js');
  const broker = await startBenchBroker();
  try {
    const search = ['--find-limit', '--threads', '1,2', '--rate', '100k', ...duration(4000), '--warm-up', '3s'];
    return await run('the highest rate on Kafka', [...search, '--tolerance', '15'], '--brokers', broker.brokers);
  } finally {
    await broker.close();
  }
}

/** @param more flags that do not change the measurement */
async function run(name: string, own: readonly string[], ...more: readonly string[]): Promise<Experiment> {
  process.stderr.write(`${name}\n`);
  return { flags: own, report: await dtstreamBench(...own, ...more) };
}

function duration(ms: number): string[] {
  return ['--duration', `${Math.max(timeMsMin, Math.round(ms * flags.scale))}ms`];
}
