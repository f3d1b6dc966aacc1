/**
 * Produce and process on a real Kafka, beside clients that only read. Writes its section of docs/benchmarks.md;
 * bench/kafka/ has the parts, bench/peers/ a Python program. Java, Maven and Python 3 with venv must be there.
 *
 * Usage: npm run bench:kafka [-- --rounds N]
 */
import { parseArgs } from 'node:util';
import { machineLine, markdownTable, writeSection } from './direct/report-section.js';
import { simulatedFile } from './direct/simulated-file.js';
import { formatSpread, type Spread, spreadOf } from './direct/spread.js';
import { DtstreamRuns, type ProcessRun } from './kafka/dtstream-runs.js';
import { peerReaders } from './kafka/readers.js';
import { kafkaVersion, startBenchBroker } from './kafka/services.js';

const folder = 'build';
const rows = 1_000_000;
const wordRows = 20_000_000;
const partitions = 10;
const partitionsFew = 1;
const partitionsMany = 200;
/** Batches that are compared between few and many partitions. */
const batchRows = 50_000;
/** The higher one of the rates at which the first system was studied, and messages of a run at it. */
const liveRate = 5000;
const liveMessages = 8;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const machine = machineLine();
const csv = await simulatedFile(folder, 'csv', rows);
const words = await simulatedFile(folder, 'words', wordRows);

const broker = await startBenchBroker();
const dtstream = await DtstreamRuns.open(broker.brokers);
const packed = ['--encoding', 'words', '--rows-per-message', '4096'];
const measured = new Map<string, number[]>();
try {
  const readers = peerReaders(broker.brokers);
  process.stderr.write('writing topics\n');
  await dtstream.produce(csv, 'rows', '--partitions', String(partitions));
  await dtstream.produce(words, 'words', '--partitions', String(partitions), ...packed);
  await dtstream.produce(csv, 'few', '--partitions', String(partitionsFew));
  await dtstream.produce(csv, 'many', '--partitions', String(partitionsMany));
  process.stderr.write('measuring\n');
  for (let round = 0; round < rounds; round++) await measure(round);

  async function measure(round: number): Promise<void> {
    const note = (name: string, value: number): void => {
      measured.set(name, [...(measured.get(name) ?? []), value]);
      process.stderr.write('.');
    };
    for (const { name, messagesPerSecond } of readers) note(name, await messagesPerSecond('rows', rows));
    const row = await dtstream.process('rows');
    note('process', row.rowsPerSecond);
    note('words', (await dtstream.process('words')).hitsPerSecond);
    note('produce rows', await dtstream.produce(csv, `rows-${round}`, '--partitions', String(partitions)));
    note(
      'produce words',
      await dtstream.produce(words, `words-${round}`, '--partitions', String(partitions), ...packed),
    );
    const batch = ({ batchMs }: ProcessRun): number => batchMs;
    const flags = ['--batch-rows', String(batchRows), '--orbit-detail', 'none'];
    const full = {
      few: batch(await dtstream.process('few', ...flags)),
      many: batch(await dtstream.process('many', ...flags)),
    };
    note('batch at full speed, few', full.few);
    note('batch at full speed, many', full.many);
    note('batch at full speed, ratio', full.many / full.few);
    const first = await dtstream.live(`first-${round}`, { rowsPerSecond: 1000, partitions, messages: 1 });
    note('first message', first.firstMessageSeconds);
    const live = { rowsPerSecond: liveRate, messages: liveMessages };
    const few = (await dtstream.live(`few-${round}`, { ...live, partitions: partitionsFew })).batchMs;
    const many = (await dtstream.live(`many-${round}`, { ...live, partitions: partitionsMany })).batchMs;
    note('batch live, few', few);
    note('batch live, many', many);
    note('batch live, ratio', many / few);
  }
} finally {
  process.stderr.write('\n');
  await dtstream.close();
  await broker.close();
}

const spread = (name: string): Spread => spreadOf(measured.get(name) ?? [NaN]);
const section = `## Kafka

${machine}
One run of \`npm run bench:kafka\` on Apache Kafka ${kafkaVersion}, one broker on the same machine; every figure is the median of ${rounds} runs in turns, with the least and the most in brackets.

### Reading a row a message

One topic of ${rows.toLocaleString('en-US')} simulated rows in ${partitions} partitions, a row of CSV a message. Each program is a new process in a new group; counted is the time from the first message to the last. \`dtstream process\` does all its work and publishes exactly once, the others only read.

${readTable()}

### On its own

${ownTable()}

Words are ${wordRows.toLocaleString('en-US')} rows, 4096 a message. A batch at a fixed rate takes from its first row to its message, with the interval of 1 s; as fast as it goes, it is the time of the whole topic divided by its batches of ${batchRows.toLocaleString('en-US')} rows.
The first message is that of a new group at 1000 rows/s, seen by another process; the broker lets a new group wait for 3 s, as is its default.
`;
writeSection('docs/benchmarks.md', 'kafka', section);
console.log(section);

function readTable(): string {
  const ours = spread('process').median;
  const names = ['process', 'kafkajs', 'librdkafka in Python', 'Java consumer performance tool'];
  return markdownTable(
    ['program', 'thousand rows/s', 'dtstream against it'],
    names.map((name) => [
      name === 'process' ? 'dtstream process' : name,
      scaled(spread(name), 1e3, 0),
      name === 'process' ? '' : `${(ours / spread(name).median).toFixed(2)} ×`,
    ]),
  );
}

function ownTable(): string {
  const batchLines = (title: string, name: string, bound: string): string[][] => [
    [`${title}, ${partitionsFew} partition: ms`, formatSpread(spread(`${name}, few`), 0), ''],
    [`${title}, ${partitionsMany} partitions: ms`, formatSpread(spread(`${name}, many`), 0), ''],
    [
      `${title}, ${partitionsMany} partitions against ${partitionsFew}`,
      formatSpread(spread(`${name}, ratio`), 2),
      bound,
    ],
  ];
  return markdownTable(
    ['', 'measured', 'bound'],
    [
      ['process, words: million hits/s', scaled(spread('words'), 1e6, 1), '≥ 5'],
      ['produce --rate max, a row a message: thousand rows/s', scaled(spread('produce rows'), 1e3, 0), '≥ 75'],
      ['produce --rate max, words: million rows/s', scaled(spread('produce words'), 1e6, 1), '≥ 2'],
      ['start of process to its first message: s', formatSpread(spread('first message'), 1), '≤ 5'],
      ...batchLines(`batch at ${liveRate.toLocaleString('en-US')} rows/s`, 'batch live', '≤ 1.3'),
      ...batchLines('batch as fast as it goes', 'batch at full speed', ''),
    ],
  );
}

function scaled({ median, min, max }: Spread, unit: number, digits: number): string {
  return formatSpread({ median: median / unit, min: min / unit, max: max / unit }, digits);
}
