import { workerData } from 'node:worker_threads';
import { aggregateShards } from './aggregate.js';
import { decodeCsv } from './decode-csv.js';
import { decodeWordRecords, decodeWords } from './decode-words.js';
import { viewHitLists } from './hit-lists.js';
import { OrbitTable } from './orbit-table.js';
import { routeRows } from './route.js';
import { RowBlock, rowBytesMin } from './row-block.js';
import type { AggregateResult, AggregateTask, ComputeSetup, DecodeResult, DecodeTask } from './tasks.js';

/** The entry of a pool thread: its tasks by name, over scratch memory that is made once. */
const setup = (workerData as { readonly setup: ComputeSetup }).setup;
const rowsMax = Math.ceil(setup.chunkBytes / rowBytesMin);
const block = new RowBlock(rowsMax);
const shardOf = new Uint8Array(rowsMax);
const table = new OrbitTable(setup.chambers);

/** Decodes a chunk and routes its rows into the task's lists. */
export function decode(task: DecodeTask): DecodeResult {
  block.clear();
  const recordRows = decodeRows(task);
  const routed = routeRows(block, setup.shards, shardOf, viewHitLists(task.lists));
  return { ...routed, lines: block.lines, recordRows, rejected: Uint32Array.from(block.rejected) };
}

/** Closes shards of a batch up to its watermark. */
export function aggregate(task: AggregateTask): AggregateResult {
  return aggregateShards(task, table);
}

function decodeRows({ format, bytes, length, recordEnds }: DecodeTask): Uint32Array {
  if (format === 'csv') return decodeCsv(new Uint8Array(bytes, 0, length), length, setup.wires, block, recordEnds);
  const words = new Uint32Array(bytes, 0, Math.floor(bytes.byteLength / 4));
  if (recordEnds !== undefined) return decodeWordRecords(words, recordEnds, setup.wires, block);
  decodeWords(words, Math.floor(length / 8), setup.wires, block);
  return new Uint32Array(0);
}
