/** Times the hot loops one by one on one thread: CPU time per row, over simulated rows in chunks as direct mode has them. */
import { readFileSync } from 'node:fs';
import { aggregateShards } from '../src/compute/aggregate.js';
import { decodeCsv } from '../src/compute/decode-csv.js';
import { decodeText } from '../src/compute/decode-text.js';
import { decodeWords } from '../src/compute/decode-words.js';
import { allocateHitLists, viewHitLists } from '../src/compute/hit-lists.js';
import { OrbitDetailCollector } from '../src/compute/orbit-detail.js';
import { OrbitTable } from '../src/compute/orbit-table.js';
import { type RoutedRows, routeRows, stretchOf } from '../src/compute/route.js';
import { RowBlock } from '../src/compute/row-block.js';
import type { AggregateTask } from '../src/compute/tasks.js';
import type { CsvLayout } from '../src/domain/csv-layout.js';
import { defaultGeometry } from '../src/domain/geometry.js';
import { layoutOfHeader, plainBase, readNames } from '../src/domain/header-line.js';
import { physicsPlan } from '../src/domain/physics-plan.js';
import { defaultPhysics } from '../src/domain/physics-settings.js';
import { wireCodes } from '../src/domain/row-code.js';
import { simulatedFile } from './common/simulated-file.js';
import { dresses } from './layouts/dresses.js';

const rows = 1_000_000;
const chunkBytes = 1 << 20;
const shards = 2;
/** A batch of direct mode is about this many chunks of CSV. */
const chunksPerBatch = 3;
const latenessOrbits = 4096;
const repeats = 15;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly block: RowBlock;
  readonly lists: SharedArrayBuffer;
  readonly routed: RoutedRows;
}

const wires = wireCodes(defaultGeometry);
const chambers = defaultGeometry.chambers.length;
const scratch = new RowBlock(chunkBytes, wires, defaultGeometry.clock);
const csv = readFileSync(await simulatedFile('build', 'csv', rows));
const dat = readFileSync(await simulatedFile('build', 'words', rows));
const chunks = chunksOf(csv).map(routedChunk);
const batches = batchesOf(chunks);
const dressed = dresses.filter(({ isGzip }) => isGzip === undefined).map(dressedText);
const spareLists = viewHitLists(allocateHitLists(chunkBytes));
const detail = new OrbitDetailCollector(defaultGeometry.chambers.length);
const tables = Object.fromEntries(
  (['off', 'counts', 'full'] as const).map((mode) => [
    `aggregateShards, physics ${mode}`,
    new OrbitTable(
      chambers,
      shards,
      mode === 'off'
        ? undefined
        : physicsPlan(defaultGeometry, defaultPhysics, { isFull: mode === 'full', hash: mode }),
    ),
  ]),
);

const stages: Readonly<Record<string, () => void>> = {
  decodeCsv: () => {
    for (const { bytes } of chunks) {
      scratch.clear();
      decodeCsv(bytes, scratch);
    }
  },
  decodeWords: () => {
    for (let from = 0; from < dat.length; from += chunkBytes) {
      scratch.clear();
      decodeWords(dat.subarray(from, from + chunkBytes), scratch);
    }
  },
  routeRows: () => {
    for (const { block } of chunks) routeRows(block, shards, spareLists);
  },
  ...Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [
      name,
      () => {
        for (const batch of batches) aggregateShards(batch, { table, detail });
      },
    ]),
  ),
  ...Object.fromEntries(
    dressed.map(({ name, layout, chunks: texts }) => [
      `decodeText ${name}`,
      () => {
        for (const bytes of texts) {
          scratch.clear();
          scratch.text.set(bytes);
          decodeText(scratch, { from: 0, to: bytes.length }, layout);
        }
      },
    ]),
  ),
};

console.log(`ns of CPU per row over ${rows.toLocaleString('en-US')} simulated rows, median (min – max) of ${repeats}`);
const times = new Map(Object.keys(stages).map((name) => [name, [] as number[]]));
for (let repeat = -3; repeat < repeats; repeat++) {
  for (const [name, run] of Object.entries(stages)) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    if (repeat >= 0) times.get(name)?.push(((user + system) * 1000) / rows);
  }
}
for (const [name, list] of times) {
  list.sort((a, b) => a - b);
  const [min, median, max] = [list[0], list[list.length >> 1], list[list.length - 1]].map((ns) => ns.toFixed(1));
  console.log(`${name.padEnd(34)} ${median.padStart(6)}   (${min} – ${max})`);
}

/** Whole lines in shared memory, as a pool thread gets them. */
function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, bytes.lastIndexOf(0x0a, from + chunkBytes - 1) + 1);
    const chunk = new Uint8Array(new SharedArrayBuffer(to - from));
    chunk.set(bytes.subarray(from, to));
    list.push(chunk);
    from = to;
  }
  return list;
}

/** The same rows in another dress, read as their header says. */
function dressedText({ name, header, line, lineEnd = '\n' }: (typeof dresses)[number]): {
  readonly name: string;
  readonly layout: CsvLayout;
  readonly chunks: readonly Uint8Array[];
} {
  const lines = csv.toString('latin1').trim().split('\n').slice(1);
  const text = lines.map((own, row) => line(own.split(','), row) + lineEnd).join('');
  const base = { ...plainBase, hasQuotes: text.includes('"') };
  const layout = layoutOfHeader(readNames(Buffer.from(header)), base);
  return { name, layout, chunks: chunksOf(Buffer.from(text)) };
}

function routedChunk(bytes: Uint8Array): Chunk {
  const block = new RowBlock(chunkBytes, wires, defaultGeometry.clock);
  decodeCsv(bytes, block);
  const lists = allocateHitLists(block.rows);
  const routed = routeRows(block, shards, viewHitLists(lists));
  return { bytes, block, lists, routed };
}

/** Tasks that each close the orbits of their chunks but for the last few, without the hits carried from one to the next. */
function batchesOf(list: readonly Chunk[]): AggregateTask[] {
  const tasks: AggregateTask[] = [];
  for (let first = 0; first < list.length; first += chunksPerBatch) {
    const members = list.slice(first, first + chunksPerBatch);
    const entries = members.reduce((sum, { routed }) => sum + routed.starts[shards], 0);
    tasks.push({
      closed: Math.min(...members.map(({ routed }) => stretchOf(routed, 0).min)) - 1,
      watermark: Math.max(...members.map(({ routed }) => stretchOf(routed, 0).max)) - latenessOrbits,
      detailMax: 0,
      shards: Array.from({ length: shards }, (_, shard) => ({
        carried: undefined,
        carriedCount: 0,
        carryOut: allocateHitLists(entries),
        slices: members.map(({ lists, routed: { starts } }) => ({
          ...{ lists, from: starts[shard], to: starts[shard + 1], delta: 0, replayed: false },
        })),
      })),
    });
  }
  return tasks;
}
