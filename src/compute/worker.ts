import { workerData } from 'node:worker_threads';
import { aggregateShards } from './aggregate.js';
import { decodeCsv } from './decode-csv.js';
import { decodeWordRecords, decodeWords } from './decode-words.js';
import { viewHitLists } from './hit-lists.js';
import { OrbitTable } from './orbit-table.js';
import { routeRows } from './route.js';
import { RowBlock, rowsMaxOf } from './row-block.js';
import type { AggregateResult, AggregateTask, ComputeSetup, DecodeResult, DecodeTask } from './tasks.js';

/** The entry of a pool thread: its tasks by name, over scratch memory that is made once. */
const setup = (workerData as { readonly setup: ComputeSetup }).setup;
let block = new RowBlock(0);
let shardOf = new Uint16Array(0);
const table = new OrbitTable(setup.chambers, setup.shards);

/** Decodes a chunk and routes its rows into the task's lists. */
export function decode(task: DecodeTask): DecodeResult {
  reserve(Math.max(task.length, setup.chunkBytes));
  const recordRows = decodeRows(task);
  const routed = routeRows(block, setup.shards, shardOf, viewHitLists(task.lists));
  return { ...routed, lines: block.lines, recordRows, rejected: Uint32Array.from(block.rejected) };
}

/** Closes shards of a batch up to its watermark. */
export function aggregate(task: AggregateTask): AggregateResult {
  return aggregateShards(task, table);
}

/** Makes the scratch memory large enough for a chunk of that many bytes, and empty. */
function reserve(bytes: number): void {
  const rowsMax = rowsMaxOf(bytes);
  if (block.codes.length < rowsMax) {
    block = new RowBlock(rowsMax);
    shardOf = new Uint16Array(rowsMax);
  }
  block.clear();
}

function decodeRows({ format, bytes, length, recordEnds }: DecodeTask): Uint32Array {
  if (format === 'csv') return decodeCsv(new Uint8Array(bytes, 0, length), length, setup.wires, block, recordEnds);
  const words = new Uint32Array(bytes, 0, Math.floor(bytes.byteLength / 4));
  if (recordEnds !== undefined) return decodeWordRecords(words, recordEnds, setup.wires, block);
  decodeWords(words, Math.floor(length / 8), setup.wires, block);
  return new Uint32Array(0);
}
