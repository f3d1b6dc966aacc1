/**
 * `dtstream bench` on a study of how processing scales (`--drain`, 48 configurations, both logs) and of live rates, a run that
 * is deliberately too fast, and searches of the highest rate on both logs. Writes two sections of docs/benchmarks.md and
 * pictures beside it. Java 17 and Maven must be there for Kafka. What was measured is kept below build/, and the same
 * command continues after any end.
 *
 * Usage: npm run bench:study [-- --rounds N --scale SHARE --page FILE]
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentText } from './common/child-environment.js';
import { dtstreamBench } from './common/dtstream-bench.js';
import { partFlags } from './common/part-flags.js';
import { writeSection } from './common/report-section.js';
import { type Experiment, limitsSection, type Study, studySection } from './study/sections.js';

const folder = 'build';
const flags = partFlags('study', 2);
const state = (name: string): string => join(folder, `${name}-${flags.rounds}-${flags.scale}.jsonl`);
/** Files of what was measured so far. */
const states: string[] = [];
/** So much is measured at least, also of a study that is only to work. */
const timeMsMin = 500;
const rowsMin = 10_000;
/** Rows of a topic: a second of work on either log, and some for the recount. */
const drainedRows = 1_000_000;
/** Both instances of a new group must have come before its lanes are assigned. */
const rebalanceDelayMs = 1000;
const notes =
  flags.scale === 1 ? environmentText : `${environmentText} Times and rows are ${flags.scale} of the full ones.`;
const settings = ['--instances', '1,2', '--threads', '1,2', '--partitions', '1,10,100,200', '--shards', '1,2,10'];

mkdirSync(folder, { recursive: true });
const missing: string[] = [];
const studies: Study[] = [
  await study('Process alone, embedded log', 'study.svg', [...drain(), ...settings]),
  await study('Live rates, embedded log', 'study-live.svg', [
    ...['--threads', '1,2', '--rate', '1000,5000,20k', '--batch-interval', '200ms', '--warm-up', '1s'],
    ...[...duration(3000), '--repeat', String(flags.rounds)],
  ]),
];
const onKafka = await withBroker({ rebalanceDelayMs }, (brokers) =>
  study('Process alone, Kafka', 'study-kafka.svg', [...drain(), ...settings], '--brokers', brokers),
);
if (typeof onKafka === 'string') missing.push(`Kafka was not measured: ${onKafka}.`);
else studies.splice(1, 0, onKafka);
await writeSection(flags.page, 'study', studySection(studies, missing, notes));

const interval = ['--batch-interval', '200ms'];
const tooFast = await run('too fast', [
  ...['--rate', '50M', ...interval, ...duration(3000), '--warm-up', '1s', '--repeat', '1'],
]);
const embedded = await run(
  'the highest rate on the embedded log',
  [
    ...['--find-limit', '--threads', '1,2,3', '--encoding', 'words', '--rows-per-message', '4096', '--rate', '1M'],
    ...[...interval, ...duration(3000), '--warm-up', '1s', '--tolerance', '10'],
  ],
  ...resume('limits'),
);
const kafka = await withBroker({}, (brokers) =>
  run(
    'the highest rate on Kafka',
    [
      ...['--find-limit', '--threads', '1,2', '--rate', '100k', ...interval, ...duration(4000)],
      ...['--warm-up', '3s', '--tolerance', '15'],
    ],
    '--brokers',
    brokers,
  ),
);
await writeSection(flags.page, 'limits', limitsSection({ tooFast, embedded, kafka, notes }));
// All is written: the next study starts from scratch.
for (const file of states) rmSync(file, { force: true });

/** Works on a broker; without one, the reason. */
async function withBroker<T>(
  options: { readonly rebalanceDelayMs?: number },
  work: (brokers: string) => Promise<T>,
): Promise<T | string> {
  try {
    const { startBenchBroker } = await import('./kafka/services.js');
    const broker = await startBenchBroker(options);
    try {
      return await work(broker.brokers);
    } finally {
      await broker.close();
    }
  } catch (error) {
    process.exitCode = 1;
    console.error(error);
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param more flags that do not change the measurement */
async function study(title: string, plot: string, own: readonly string[], ...more: readonly string[]): Promise<Study> {
  const drawn = ['--plot', join(dirname(flags.page), plot)];
  return { title, plot, ...(await run(title, own, ...more, ...resume(plot), ...drawn)) };
}

/** @param more flags that do not change the measurement */
async function run(name: string, own: readonly string[], ...more: readonly string[]): Promise<Experiment> {
  process.stderr.write(`${name}\n`);
  return { flags: own, report: await dtstreamBench(...own, ...more) };
}

function drain(): string[] {
  return [
    '--drain',
    String(Math.max(rowsMin, Math.round(drainedRows * flags.scale))),
    '--repeat',
    String(flags.rounds),
  ];
}

function resume(name: string): string[] {
  const file = state(name);
  states.push(file);
  return ['--resume', file];
}

function duration(ms: number): string[] {
  return ['--duration', `${Math.max(timeMsMin, Math.round(ms * flags.scale))}ms`];
}
