/**
 * Produce and process on a real Kafka, beside clients that only read. Writes its section of docs/benchmarks.md;
 * benchmarks/kafka/ has the parts, benchmarks/peers/ a Python program. Java, Maven and Python 3 with venv must be there.
 *
 * Usage: npm run bench:kafka [-- --rounds N --scale SHARE --page FILE]
 */
import type { Report } from '../src/experiment/report.js';
import { openKafkaLog } from '../src/transport/kafka/kafka-log.js';
import { boundedTable, type Figure, sayMissed } from './common/bounded-table.js';
import { environmentText } from './common/child-environment.js';
import { dtstreamBench } from './common/dtstream-bench.js';
import { DtstreamRuns } from './common/dtstream-runs.js';
import { partFlags, runText } from './common/part-flags.js';
import { machineLine, markdownTable, writeSection } from './common/report-section.js';
import { simulatedFile } from './common/simulated-file.js';
import { formatSpread, inUnit, type Spread, spreadOf } from './common/spread.js';
import { peerReaders } from './kafka/readers.js';
import { kafkaVersion, startBenchBroker } from './kafka/services.js';
import { faultsText, partitionFigures } from './line/live-figures.js';
import {
  batchRows,
  type BatchTimes,
  batchTimesFigures,
  measureBatches,
  measureFeed,
  packed,
} from './line/throughput.js';

const folder = 'build';
const flags = partFlags('kafka', 3);
const { rounds, scale } = flags;
const rows = 1_000_000 * scale;
const wordRows = 20_000_000 * scale;
const partitions = 10;
const compared = { few: 1, many: 200 };
/** What a batch from many partitions may take of one from few. */
const partitionsRatioMax = 1.3;
/** The higher one of the rates at which the first system was studied, and seconds of a run at it. */
const liveRate = 5000;
const liveSeconds = Math.max(1, Math.round(12 * scale));

const machine = machineLine();
const csv = await simulatedFile(folder, 'csv', rows);
const words = await simulatedFile(folder, 'words', wordRows);

const broker = await startBenchBroker();
const log = await openKafkaLog({ brokers: [broker.brokers] });
const dtstream = await DtstreamRuns.open(log, ['--brokers', broker.brokers]);
const measured = new Map<string, number[]>();
let live: Report;
let fullSpeed: BatchTimes;
try {
  const readers = peerReaders(broker.brokers);
  process.stderr.write('writing topics\n');
  await dtstream.produce(csv, 'rows', '--partitions', String(partitions));
  await dtstream.produce(csv, 'few', '--partitions', String(compared.few));
  await dtstream.produce(csv, 'many', '--partitions', String(compared.many));
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
    const onBroker = ['--brokers', broker.brokers];
    const ofRows = await measureFeed({ file: csv, rows, flags: [] }, ...onBroker);
    note('produce rows', ofRows.producedRowsPerSecond);
    const ofWords = await measureFeed({ file: words, rows: wordRows, flags: packed }, ...onBroker);
    note('produce words', ofWords.producedRowsPerSecond);
    note('words', ofWords.processedHitsPerSecond);
    note('first message', await dtstream.firstMessageSeconds(`first-${round}`, { rowsPerSecond: 1000, partitions }));
  }
  fullSpeed = await measureBatches(dtstream, rounds, { few: 'few', many: 'many' });
  live = await dtstreamBench(
    ...['--quiet', '--brokers', broker.brokers, '--rate', liveRate, '--partitions', `${compared.few},${compared.many}`],
    ...['--duration', `${liveSeconds}s`, '--repeat', rounds],
  );
} finally {
  process.stderr.write('\n');
  await log.close();
  await broker.close();
}

const spread = (name: string): Spread => spreadOf(measured.get(name) ?? [NaN]);
const figures = ownFigures();
const section = `## Kafka

${machine}
${runText(flags)} Apache Kafka ${kafkaVersion}, one broker on the same machine.
${environmentText}

### Reading one row per message

One topic of ${rows.toLocaleString('en-US')} simulated rows in ${partitions} partitions, one CSV row per message. Each program is a new process in a new group; the time runs from the first message to the last. \`dtstream process\` does all its work and publishes exactly once, the others only read.

${readTable()}

### On its own

${boundedTable(figures)}

Words are ${wordRows.toLocaleString('en-US')} rows, 4096 per message. Batches at a fixed rate are measured by \`dtstream bench\` ([bench](bench.md)) with an interval of 1 s. ${faultsText([live])} At full speed, the time of a batch is that of the whole topic divided by its number of batches of ${batchRows.toLocaleString('en-US')} rows.
The first message is that of a new group at 1000 rows/s, seen by another process; the broker lets a new group wait for 3 s (its default).
`;
await writeSection(flags.page, 'kafka', section);
console.log(section);
sayMissed(figures);

function readTable(): string {
  const ours = spread('process').median;
  const names = ['process', 'kafkajs', 'librdkafka in Python', 'Java consumer performance tool'];
  return markdownTable(
    ['program', 'thousand rows/s', 'dtstream is faster by'],
    names.map((name) => [
      name === 'process' ? 'dtstream process' : name,
      formatSpread(inUnit(spread(name), 1e3), 0),
      name === 'process' ? '' : `${(ours / spread(name).median).toFixed(2)} ×`,
    ]),
  );
}

function ownFigures(): Figure[] {
  const rate = (what: string, name: string, unit: number, digits: number, atLeast: number): Figure => ({
    ...{ what, spread: inUnit(spread(name), unit), digits, bound: { atLeast } },
  });
  return [
    rate('process, words: million hits/s', 'words', 1e6, 1, 5),
    rate('produce --rate max, one row per message: thousand rows/s', 'produce rows', 1e3, 0, 75),
    rate('produce --rate max, words: million rows/s', 'produce words', 1e6, 1, 2),
    {
      ...{ what: 'start of process to its first message: s', spread: spread('first message'), digits: 1 },
      bound: { atMost: 5 },
    },
    ...partitionFigures(live, partitionsRatioMax),
    ...batchTimesFigures(fullSpeed, compared, partitionsRatioMax),
  ];
}
