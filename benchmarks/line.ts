/**
 * produce and process over the embedded log: the log beside bare lmdb, speed, memory, pace, latency and the number of
 * partitions; and direct mode over files of growing length. Writes its section of docs/benchmarks.md; benchmarks/line/ has
 * the parts.
 *
 * Usage: npm run bench:line [-- --rounds N --scale SHARE --page FILE]
 */
import type { Report } from '../src/experiment/report.js';
import { boundedTable, type Figure, sayMissed } from './common/bounded-table.js';
import { environmentText } from './common/child-environment.js';
import { dtstreamBench } from './common/dtstream-bench.js';
import { partFlags, runText } from './common/part-flags.js';
import { machineLine, markdownTable, writeSection } from './common/report-section.js';
import { simulatedFile } from './common/simulated-file.js';
import { formatSpread, inUnit, type Spread } from './common/spread.js';
import { type LongFile, measureLinearity } from './line/linear.js';
import { computeFigures, faultsText, latencyFigures, partitionFigures } from './line/live-figures.js';
import { compareWithLmdb } from './line/log-speeds.js';
import { measurePacing } from './line/pacing.js';
import {
  batchRows,
  batchTimesFigures,
  type Feed,
  measureBatches,
  measureThroughput,
  onStore,
  packed,
  type Throughput,
} from './line/throughput.js';

const folder = 'build';
const flags = partFlags('line', 3);
const { rounds, scale } = flags;
const million = 1e6;
const wordRows = 50_000_000 * scale;
const csvRows = 10_000_000 * scale;
const linearRows = [10_000_000, 50_000_000, 100_000_000].map((rows) => rows * scale);
const lmdbRatioMin = 0.7;
const lmdbBytes = 256 * 1024 * 1024 * scale;
const paces = [1000, 100_000];
/** Writing the last rows takes some 20 ms, which must be little beside the bound. */
const paceSeconds = 60 * scale;
const partitions = { few: 1, many: 200 };
/** What a batch from many partitions may take of one from few. */
const partitionsRatioMax = 1.2;
/** 5000 rows per batch. */
const batchesAt = { rate: 25_000, interval: '200ms' };

const machine = machineLine();
process.stderr.write('simulating files\n');
const words = await feedOf('words', wordRows);
const csv = await feedOf('csv', csvRows);
const feeds = [words, await feedOf('words', wordRows / 10), csv, await feedOf('csv', csvRows / 10)];
const linearFiles: LongFile[] = [];
for (const rows of linearRows) linearFiles.push({ rows, file: await simulatedFile(folder, 'words', rows) });

const comparisons = await step('the log beside bare lmdb', () => compareWithLmdb(rounds, lmdbBytes));
const throughputs = await step('produce and process at full speed', () => measureThroughput(feeds, rounds));
const fullSpeed = await step('batches from few and many partitions', () =>
  onStore(async (dtstream) => {
    const topics = { few: 'raw-few', many: 'raw-many' };
    await dtstream.produce(feeds[3].file, topics.few, '--partitions', String(partitions.few));
    await dtstream.produce(feeds[3].file, topics.many, '--partitions', String(partitions.many));
    return measureBatches(dtstream, rounds, topics);
  }),
);
const pacing = await step('pace', () => measurePacing(paces, paceSeconds, rounds));
const live = {
  compute: await bench('batches of 5000 rows', 25, '--rate', batchesAt.rate, '--batch-interval', batchesAt.interval),
  latency: await bench('latency', 12, '--rate', 1000, '--partitions', '1,10', '--warm-up', '5s'),
  partitions: await bench(
    'batches at a fixed rate',
    12,
    ...['--rate', 5000, '--partitions', `${partitions.few},${partitions.many}`],
  ),
};
const linear = await step('direct mode over long files', () => measureLinearity(linearFiles, rounds));

const speedFigures = [...throughputFigures(), ...memoryFigures(), ...pacingFigures()];
const liveFigures = [
  ...computeFigures(live.compute),
  ...latencyFigures(live.latency),
  ...partitionFigures(live.partitions, partitionsRatioMax),
  ...batchTimesFigures(fullSpeed, partitions, partitionsRatioMax),
];
const longFigures = linearFigures();
const section = `## Embedded log

${machine}
${runText(flags)}
${environmentText} Peak memory is the largest resident memory of the process, including all threads and the mapped pages of the log.

### The log beside bare lmdb

Records of ${Math.round(lmdbBytes / million)} MB, ten partitions per append. Bare lmdb stores the same blocks as values; the log in addition packs them, keeps offsets and ages, waits for the disk at each append, and checks and unpacks them when reading. MB/s of the records' values; the ratio is taken round by round, with the bound ≥ ${lmdbRatioMin}.

${lmdbTable()}

### produce and process at full speed

From files of simulated rows to \`data_raw\` in 10 partitions, then \`process --until-end\` to \`data_clean\`, each as a new process. Words are packed, 4096 per record. The time of produce runs from its first row to its last append, that of process from the first row of the first message to the last message. The pace is measured over ${paceSeconds} s with simulated rows, at both rates simultaneously; the time to write the last rows counts as an error.

${boundedTable(speedFigures)}

### At a fixed rate

With \`dtstream bench\` ([bench](bench.md)), one repeat per round; simulated rows, one per record. Batches of 5000 rows come from ${batchesAt.rate.toLocaleString('en-US')} rows/s at an interval of 200 ms, 10 partitions; \`compute_ms\` has whole milliseconds. The bound of the latency is the batch interval (1 s) plus 4096 orbits of lateness in rows of a mean stream (2010 ms at that rate) plus 50 ms. The minimum latency follows from the rows themselves: an orbit closes when every partition is 4096 orbits past it, and then a batch must end; the row below each bound gives this minimum for the actual rows, at p99. At full speed, a batch is the time of ${feeds[3].rows.toLocaleString('en-US')} rows divided by its batches of ${batchRows.toLocaleString('en-US')}. ${faultsText(Object.values(live))}

${boundedTable(liveFigures)}

### Long files in direct mode

Words, ${linearRows.map((rows) => rows.toLocaleString('en-US')).join(', ')} rows, two threads, including the start of the process.

${boundedTable(longFigures)}
`;
await writeSection(flags.page, 'line', section);
console.log(section);
sayMissed([...lmdbFigures(), ...speedFigures, ...liveFigures, ...longFigures]);

async function feedOf(format: 'csv' | 'words', rows: number): Promise<Feed> {
  return { file: await simulatedFile(folder, format, rows), rows, flags: format === 'words' ? packed : [] };
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  process.stderr.write(`${name} `);
  const outcome = await work();
  process.stderr.write('\n');
  return outcome;
}

function bench(name: string, seconds: number, ...more: readonly (string | number)[]): Promise<Report> {
  const time = ['--duration', `${Math.max(1, Math.round(seconds * scale))}s`, '--repeat', rounds];
  return step(name, () => dtstreamBench('--quiet', ...time, ...more));
}

function lmdbFigures(): Figure[] {
  return comparisons.map(({ name, what, ratio }) => ({
    ...{ what: `${name}, ${what} beside bare lmdb`, spread: ratio, digits: 2, unit: '×' },
    bound: { atLeast: lmdbRatioMin },
  }));
}

function lmdbTable(): string {
  return markdownTable(
    ['', 'the log: MB/s', 'bare lmdb: MB/s', 'ratio'],
    comparisons.map(({ name, what, log, bare, ratio }) => [
      `${name}: ${what}`,
      formatSpread(log, 0),
      formatSpread(bare, 0),
      `${formatSpread(ratio, 2)}${ratio.median >= lmdbRatioMin ? '' : ' **missed**'}`,
    ]),
  );
}

function throughputFigures(): Figure[] {
  const [packedWords, , lines] = throughputs;
  const figure = (what: string, spread: Spread, unit: number, atLeast?: number): Figure => ({
    ...{ what, spread: inUnit(spread, unit), digits: unit === million ? 1 : 0 },
    ...(atLeast === undefined ? {} : { bound: { atLeast } }),
  });
  return [
    figure('words, produce: million rows/s', packedWords.producedRowsPerSecond, million),
    figure('words, process: million hits/s', packedWords.processedHitsPerSecond, million, 5),
    figure('words, process: million hits/s, target', packedWords.processedHitsPerSecond, million, 10),
    figure('one row per record, produce: thousand rows/s', lines.producedRowsPerSecond, 1000, 300),
    figure('one row per record, process: thousand rows/s', lines.processedRowsPerSecond, 1000),
  ];
}

function memoryFigures(): Figure[] {
  const figures = (form: string, { rows }: Feed, run: Throughput): Figure[] =>
    [['produce', run.produceMemoryBytes] as const, ['process', run.processMemoryBytes] as const].map(
      ([command, spread]) => ({
        what: `${form}, ${command}: peak memory over ${rows.toLocaleString('en-US')} rows`,
        ...{ spread: inUnit(spread, million), digits: 0, unit: 'MB', bound: { below: 250 } },
      }),
    );
  return feeds.flatMap((feed, i) => figures(i < 2 ? 'words' : 'one row per record', feed, throughputs[i]));
}

function pacingFigures(): Figure[] {
  return paces.map((rate, i) => ({
    what: `pace of produce at ${rate.toLocaleString('en-US')} rows/s: error`,
    ...{ spread: pacing[i], digits: 3, unit: '%', bound: { atMost: 0.1 } },
  }));
}

function linearFigures(): Figure[] {
  const name = (i: number): string => `${(linearRows[i] / million).toLocaleString('en-US')} million rows`;
  const ends = [0, linearRows.length - 1];
  return [
    ...linear.seconds.map((spread, i) => ({ what: `${name(i)}: s`, spread, digits: 2 })),
    {
      what: `time per row, ${linearRows[1] / million} to ${name(2)} compared with ${linearRows[0] / million} to ${linearRows[1] / million}`,
      ...{ spread: linear.growth, digits: 2, unit: '×', bound: { atMost: 1.1 } },
    },
    ...ends.map((i) => ({
      what: `${name(i)}: peak memory`,
      ...{ spread: inUnit(linear.memoryBytes[i], million), digits: 0, unit: 'MB', bound: { below: 250 } },
    })),
  ];
}
