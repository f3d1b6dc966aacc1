import { join } from 'node:path';
import { open } from 'lmdb';
import { encodeBlock, splitIntoBlocks } from '../../src/transport/embedded/store/block-codec.js';
import { openEmbeddedLog } from '../../src/transport/embedded/embedded-log.js';
import type { OutgoingBatch } from '../../src/transport/transport.js';
import { type Spread, spreadOf } from '../common/spread.js';
import { inTemporaryFolder } from '../common/temporary-folder.js';

const partitions = 10;

interface Shape {
  readonly name: string;
  /** One append: a batch for each partition, which makes one block. */
  readonly batches: readonly OutgoingBatch[];
}

interface Speeds {
  readonly append: number;
  readonly read: number;
}

/** The embedded log beside bare lmdb, for records of one shape: MB/s of their values, and the ratio of each round. */
export interface LogComparison {
  readonly name: string;
  readonly what: keyof Speeds;
  readonly log: Spread;
  readonly bare: Spread;
  readonly ratio: Spread;
}

/**
 * The embedded log against bare lmdb, appends and reads, in turns. Both store the same LMDB values, packed blocks. What the
 * log does more: it packs them, keeps offsets and ages, waits for the disk at each append, bounds its memory map, and
 * checks and unpacks what it reads.
 *
 * bare lmdb: lmdb-js with its defaults; the blocks of an append are put and awaited together, and each is got alone.
 *
 * @param bytes of values that are written and read in a round
 */
export async function compareWithLmdb(rounds: number, bytes: number): Promise<LogComparison[]> {
  const shapes = [shapeOf('words, 4096 per record', 4, 4096 * 8), shapeOf('CSV, one row per record', 4000, 27)];
  const comparisons: LogComparison[] = [];
  for (const shape of shapes) {
    const appends = Math.ceil(bytes / bytesOf(shape));
    const log: Speeds[] = [];
    const bare: Speeds[] = [];
    for (let round = 0; round < rounds; round++) {
      log.push(await inTemporaryFolder((dir) => measureLog(dir, shape, appends)));
      bare.push(await inTemporaryFolder((dir) => measureBare(dir, shape, appends)));
      process.stderr.write('.');
    }
    for (const what of ['append', 'read'] as const) {
      comparisons.push({
        name: shape.name,
        what,
        log: spreadOf(log.map((speeds) => speeds[what])),
        bare: spreadOf(bare.map((speeds) => speeds[what])),
        ratio: spreadOf(log.map((speeds, round) => speeds[what] / bare[round][what])),
      });
    }
  }
  return comparisons;
}

async function measureLog(dir: string, shape: Shape, appends: number): Promise<Speeds> {
  const log = await openEmbeddedLog({ dir });
  await log.createTopics([{ topic: 'raw', partitions, replicationFactor: 1 }]);
  const writer = await log.openWriter('raw');
  const append = await megabytesPerSecond(appends * bytesOf(shape), async () => {
    for (let i = 0; i < appends; i++) await writer.append(shape.batches);
  });
  await writer.close();
  const reader = await log.openReader('raw', 'earliest');
  const read = await megabytesPerSecond(appends * bytesOf(shape), async () => {
    for (let left = appends * bytesOf(shape); left > 0;) {
      for (const { values } of await reader.read({ bytesMax: 1 << 20, waitMs: 1000, lent: true }))
        left -= values.length;
    }
  });
  await reader.close();
  await log.close();
  return { append, read };
}

async function measureBare(dir: string, shape: Shape, appends: number): Promise<Speeds> {
  const db = open<Buffer, number[]>(join(dir, 'bare'), { encoding: 'binary' });
  const values = shape.batches.map(blockOf);
  const append = await megabytesPerSecond(appends * bytesOf(shape), async () => {
    for (let i = 0; i < appends; i++) {
      let last: Promise<boolean> | undefined;
      for (const [partition, value] of values.entries()) last = db.put([partition, i], value);
      await last;
    }
    await db.flushed;
  });
  let sum = 0;
  const read = await megabytesPerSecond(appends * bytesOf(shape), async () => {
    for (let i = 0; i < appends; i++) {
      for (let partition = 0; partition < partitions; partition++) sum += db.getBinary([partition, i])?.[0] ?? NaN;
      await Promise.resolve();
    }
  });
  if (Number.isNaN(sum)) throw new Error('a value is missing');
  await db.close();
  return { append, read };
}

/** The block that a batch of a shape becomes. */
function blockOf(batch: OutgoingBatch): Buffer {
  const [range, ...others] = splitIntoBlocks(batch);
  if (others.length > 0) throw new Error('a batch must fit one block');
  return Buffer.from(encodeBlock(batch, range, Date.now()));
}

async function megabytesPerSecond(bytes: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return bytes / 1e3 / (performance.now() - start);
}

function shapeOf(name: string, records: number, recordBytes: number): Shape {
  const valueEnds = Uint32Array.from({ length: records }, (_, i) => (i + 1) * recordBytes);
  const batches = Array.from({ length: partitions }, (_, partition) => ({
    partition,
    headers: { 'content-type': 'text/csv' },
    values: Uint8Array.from({ length: records * recordBytes }, (_, i) => (i * 31 + partition) & 0xff),
    valueEnds,
  }));
  return { name, batches };
}

function bytesOf(shape: Shape): number {
  return shape.batches.reduce((sum, { values }) => sum + values.length, 0);
}
