/**
 * The embedded log against bare lmdb: appends and reads, in turn in one run, as MB/s of the records' values and their
 * ratio. Both store the same LMDB values, packed blocks. What the log does more: it packs them, keeps offsets and ages,
 * waits for the disk at each append, bounds its memory map, and checks and unpacks what it reads. The target is 0.7.
 * It is read as process reads it, in memory that is lent from one read to the next.
 *
 * bare lmdb: lmdb-js with its defaults; the blocks of an append are put and awaited together, and each is got alone.
 *
 * Usage: node dist/bench/embedded-log.js [directory on the disk to measure]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { encodeBlock, splitIntoBlocks } from '../src/transport/embedded/block-codec.js';
import { openEmbeddedLog } from '../src/transport/embedded/embedded-log.js';
import type { OutgoingBatch } from '../src/transport/transport.js';

const partitions = 10;
const rounds = 7;
const bytesPerRound = 256 * 1024 * 1024;

interface Shape {
  readonly name: string;
  /** One append: a batch for each partition, which makes one block. */
  readonly batches: readonly OutgoingBatch[];
  readonly rows: number;
}

interface Speeds {
  readonly append: number;
  readonly read: number;
}

const shapes = [shapeOf('words, 4096 rows a record', 4, 4096 * 8, 4096), shapeOf('csv, one row a record', 4000, 27, 1)];
const root = process.argv[2] ?? tmpdir();

for (const shape of shapes) {
  const log: Speeds[] = [];
  const bare: Speeds[] = [];
  for (let round = 0; round < rounds; round++) {
    log.push(await inDirectory((dir) => measureLog(dir, shape)));
    bare.push(await inDirectory((dir) => measureBare(dir, shape)));
  }
  const appendBytes = bytesOf(shape);
  for (const what of ['append', 'read'] as const) {
    const ratio = median(log.map((speeds, i) => speeds[what] / bare[i][what]));
    const megabytes = median(log.map((speeds) => speeds[what]));
    const rows = ((megabytes * 1e6) / appendBytes) * shape.rows;
    console.log(
      `${shape.name}: ${what} ${megabytes.toFixed(0)} MB/s (${(rows / 1e6).toFixed(1)} M rows/s), ` +
        `bare lmdb ${median(bare.map((speeds) => speeds[what])).toFixed(0)} MB/s, ratio ${ratio.toFixed(2)}`,
    );
  }
}

async function measureLog(dir: string, shape: Shape): Promise<Speeds> {
  const log = await openEmbeddedLog({ dir });
  await log.createTopics([{ topic: 'raw', partitions, replicationFactor: 1 }]);
  const writer = await log.openWriter('raw');
  const appends = Math.ceil(bytesPerRound / bytesOf(shape));
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

async function measureBare(dir: string, shape: Shape): Promise<Speeds> {
  const db = open<Buffer, number[]>(join(dir, 'bare'), { encoding: 'binary' });
  const values = shape.batches.map(blockOf);
  const appends = Math.ceil(bytesPerRound / bytesOf(shape));
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

async function inDirectory<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(root, 'dtstream-bench-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function shapeOf(name: string, records: number, recordBytes: number, rowsPerRecord: number): Shape {
  const valueEnds = Uint32Array.from({ length: records }, (_, i) => (i + 1) * recordBytes);
  const batches = Array.from({ length: partitions }, (_, partition) => ({
    partition,
    headers: { 'content-type': 'text/csv' },
    values: Uint8Array.from({ length: records * recordBytes }, (_, i) => (i * 31 + partition) & 0xff),
    valueEnds,
  }));
  return { name, batches, rows: records * rowsPerRecord * partitions };
}

function bytesOf(shape: Shape): number {
  return shape.batches.reduce((sum, { values }) => sum + values.length, 0);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
