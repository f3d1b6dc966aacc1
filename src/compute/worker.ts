import { workerData } from 'node:worker_threads';
import { aggregateChain } from './aggregate.js';
import { decodeCsv } from './decode-csv.js';
import { decodeWordRecords, decodeWords } from './decode-words.js';
import { allocateHitLists, hitListRowBytes, viewHitLists } from './hit-lists.js';
import { OrbitTable } from './orbit-table.js';
import { routeRows } from './route.js';
import { RowBlock } from './row-block.js';
import type { AggregateResult, AggregateTask, ComputeSetup, DecodeResult, DecodeTask } from './tasks.js';

/** The entry of a pool thread: its tasks by name, over scratch memory that is made once. */
const setup = (workerData as { readonly setup: ComputeSetup }).setup;
let block = new RowBlock(setup.chunkBytes, setup.wires);
const table = new OrbitTable(setup.chambers, setup.shards);

/** Decodes a chunk and routes its rows into the task's lists. */
export function decode(task: DecodeTask): DecodeResult {
  if (task.length > block.bytesMax) block = new RowBlock(task.length, setup.wires);
  block.clear();
  const recordRows = decodeRows(task);
  const fits = block.rows * hitListRowBytes <= task.lists.byteLength;
  const lists = fits ? task.lists : allocateHitLists(block.rows);
  const routed = routeRows(block, setup.shards, viewHitLists(lists));
  return {
    ...{ ...routed, lists, lines: block.lines, rejected: Uint32Array.from(block.rejected) },
    recordRows: isRowEach(recordRows, block.rows) ? new Uint32Array(0) : recordRows,
  };
}

/** Decodes chunks one after the other. */
export function decodeAll(tasks: readonly DecodeTask[]): DecodeResult[] {
  return tasks.map(decode);
}

/** Closes shards of batches up to their watermarks. */
export function aggregate(tasks: readonly AggregateTask[]): AggregateResult[] {
  return aggregateChain(tasks, table);
}

/** Whether every record is one row. */
function isRowEach(recordRows: Uint32Array, rows: number): boolean {
  if (recordRows.length !== rows) return false;
  for (let record = 0; record < rows; record++) if (recordRows[record] !== record + 1) return false;
  return true;
}

function decodeRows({ format, bytes, length, recordEnds }: DecodeTask): Uint32Array {
  const rows = new Uint8Array(bytes, 0, length);
  if (format === 'csv') return decodeCsv(rows, length, block, recordEnds);
  if (recordEnds !== undefined) return decodeWordRecords(rows, recordEnds, block);
  decodeWords(rows, block);
  return new Uint32Array(0);
}
