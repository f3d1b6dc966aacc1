import { join } from 'node:path';
import { openEmbeddedLog } from '../../src/transport/embedded/embedded-log.js';
import type { Figure } from '../common/bounded-table.js';
import { dtstreamBench } from '../common/dtstream-bench.js';
import { DtstreamRuns } from '../common/dtstream-runs.js';
import { type Spread, spreadOf } from '../common/spread.js';
import { inTemporaryFolder } from '../common/temporary-folder.js';

const partitions = 10;
/** Rows of a batch where the times of batches are compared. */
export const batchRows = 50_000;

/** A file and how its rows are written. */
export interface Feed {
  readonly file: string;
  readonly rows: number;
  readonly flags: readonly string[];
}

/** Flags of words, packed. */
export const packed = ['--encoding', 'words', '--rows-per-message', '4096'] as const;

/** Figures of all rounds of produce as fast as possible, then process of what it wrote, over one file. */
export interface Throughput {
  readonly producedRowsPerSecond: Spread;
  readonly processedHitsPerSecond: Spread;
  readonly processedRowsPerSecond: Spread;
  readonly produceMemoryBytes: Spread;
  readonly processMemoryBytes: Spread;
}

/** Measures each feed in turns, every time on a log of its own. */
export async function measureThroughput(feeds: readonly Feed[], rounds: number): Promise<Throughput[]> {
  const runs = feeds.map((): Record<keyof Throughput, number>[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, feed] of feeds.entries()) {
      runs[i].push(await measureFeed(feed));
      process.stderr.write('.');
    }
  }
  return runs.map((list) => {
    const spread = (of: keyof Throughput): Spread => spreadOf(list.map((run) => run[of]));
    return {
      producedRowsPerSecond: spread('producedRowsPerSecond'),
      processedHitsPerSecond: spread('processedHitsPerSecond'),
      processedRowsPerSecond: spread('processedRowsPerSecond'),
      produceMemoryBytes: spread('produceMemoryBytes'),
      processMemoryBytes: spread('processMemoryBytes'),
    };
  });
}

/** produce alone, then process alone, on a log of their own. @param logFlags what names the log; none = an embedded one */
export async function measureFeed(
  { file, rows, flags }: Feed,
  ...logFlags: readonly string[]
): Promise<Record<keyof Throughput, number>> {
  const topic = ['--physics', 'off', '--drain', rows, '--input', file, '--fill', '--partitions', partitions, ...flags];
  const { runs } = await dtstreamBench(...topic, ...logFlags, '--repeat', 1, '--no-verify', '--quiet');
  const [{ measured, failure }] = runs;
  if (measured === null) throw new Error(`must measure ${file}, got ${failure}`);
  return {
    producedRowsPerSecond: measured.producedRowsPerSecond,
    processedHitsPerSecond: measured.processedHitsPerSecond ?? NaN,
    processedRowsPerSecond: measured.processedRowsPerSecond,
    produceMemoryBytes: measured.peakMemoryBytes.produce,
    processMemoryBytes: measured.peakMemoryBytes.process,
  };
}

/** Times of a batch at full speed, from few partitions and from many, and the ratio of each round. */
export interface BatchTimes {
  readonly fewMs: Spread;
  readonly manyMs: Spread;
  readonly ratio: Spread;
}

/**
 * A topic's whole time divided by its batches, from a topic of few and one of many partitions with the same rows.
 *
 * @param topics there already
 */
export async function measureBatches(
  dtstream: DtstreamRuns,
  rounds: number,
  topics: { readonly few: string; readonly many: string },
): Promise<BatchTimes> {
  const flags = ['--batch-rows', String(batchRows), '--orbit-detail', 'none'];
  const few: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < rounds; round++) {
    few.push((await dtstream.process(topics.few, ...flags)).batchMs);
    many.push((await dtstream.process(topics.many, ...flags)).batchMs);
    process.stderr.write('.');
  }
  const ratio = spreadOf(many.map((ms, round) => ms / few[round]));
  return { fewMs: spreadOf(few), manyMs: spreadOf(many), ratio };
}

/** These as figures. @param ratioMax what a batch from many partitions may take of one from few */
export function batchTimesFigures(
  { fewMs, manyMs, ratio }: BatchTimes,
  partitions: { readonly few: number; readonly many: number },
  ratioMax: number,
): Figure[] {
  const { few, many } = partitions;
  return [
    { what: `full speed, ${few} partition: batch, ms`, spread: fewMs, digits: 0 },
    { what: `full speed, ${many} partitions: batch, ms`, spread: manyMs, digits: 0 },
    {
      what: `the same, ${many} partitions compared with ${few}`,
      ...{ spread: ratio, digits: 2, unit: '×', bound: { atMost: ratioMax } },
    },
  ];
}

/** Works on an embedded log in a folder of its own. */
export function onStore<T>(work: (dtstream: DtstreamRuns) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const dir = join(folder, 'log');
    const log = await openEmbeddedLog({ dir });
    try {
      return await work(await DtstreamRuns.open(log, ['--store', dir]));
    } finally {
      await log.close();
    }
  });
}
