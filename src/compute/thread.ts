import { workerData } from 'node:worker_threads';
import { canonicalLayout, type CsvLayout } from '../domain/csv-layout.js';
import { aggregateChain } from './aggregate.js';
import { decodeRecords } from './decode-records.js';
import { decodeText } from './decode-text.js';
import { decodeLoadedWords, decodeWords } from './decode-words.js';
import { allocateHitLists, hitListRowBytes, viewHitLists } from './hit-lists.js';
import { OrbitDetailCollector } from './orbit-detail.js';
import { isTimedByChambers, OrbitTable } from './orbit-table.js';
import { readLines, readWords } from './read-range.js';
import { routeRows } from './route.js';
import { rejectedStride, RowBlock } from './row-block.js';
import { SegmentSums } from './segment-sums.js';
import type {
  AggregateResult,
  AggregateTask,
  ComputeSetup,
  DecodeResult,
  DecodeTask,
  FileResult,
  FileTask,
} from './tasks.js';

/** The entry of a pool thread: its tasks by name, over scratch memory that is made once. */
const setup = (workerData as { readonly setup: ComputeSetup }).setup;
let block = new RowBlock(setup.chunkBytes, setup.wires, setup.clock);
const { plan } = setup;
const table = new OrbitTable(setup.chambers, setup.shards, plan);
const segments = plan !== undefined && isTimedByChambers(plan) ? new SegmentSums(plan) : undefined;
const detail = new OrbitDetailCollector(setup.chambers);
const noRecords = new Uint32Array(0);

/** Decodes a chunk and routes its rows into the task's lists. */
export function decode(task: DecodeTask): DecodeResult {
  if (task.length > block.bytesMax) block = new RowBlock(task.length, setup.wires, setup.clock);
  block.clear();
  const { format, bytes, length, records, parts, layout } = task;
  const rows = new Uint8Array(bytes, 0, length);
  if (records !== undefined) {
    const recordRows = decodeRecords(rows, format, records, block);
    return routed(
      block,
      recordRows,
      task.lists,
      parts?.map((record) => (record === 0 ? 0 : recordRows[record - 1])),
    );
  }
  if (format === 'csv') {
    block.text.set(rows);
    return decodeLines(block, { from: 0, to: length }, { layout, lists: task.lists });
  }
  decodeWords(rows, block);
  return routed(block, noRecords, task.lists);
}

/** Reads a part of a file, decodes it and routes its rows into the task's lists. */
export function decodeFile({ format, file, lists, keepRejected, layout }: FileTask): FileResult {
  const loaded = format === 'csv' ? readLines(file, block, setup.chunkBytes) : readWords(file, block);
  const rows = loaded.block;
  rows.clear();
  if (format === 'words') decodeLoadedWords(rows, loaded.to);
  const decoded = format === 'csv' ? decodeLines(rows, loaded, { layout, lists }) : routed(rows, noRecords, lists);
  return {
    ...decoded,
    rejectedBytes: keepRejected ? bytesOfRejected(rows) : new Uint8Array(0),
    failure: loaded.failure,
  };
}

/** Closes shards of batches up to their watermarks. */
export function aggregate(tasks: readonly AggregateTask[]): AggregateResult[] {
  return aggregateChain(tasks, { table, detail, segments });
}

/** Decodes lines of a file that are in the block's text, and routes them. */
function decodeLines(
  rows: RowBlock,
  range: { readonly from: number; readonly to: number },
  task: { readonly layout: CsvLayout | undefined; readonly lists: SharedArrayBuffer },
): DecodeResult {
  const { layout = canonicalLayout, lists } = task;
  const atEnd = decodeText(rows, range, layout);
  const { signedOrbits, explanation } = rows;
  const decoded = routed(rows, noRecords, lists);
  if (atEnd === layout && signedOrbits === 0 && explanation === undefined) return decoded;
  return { ...decoded, notes: { layout: atEnd === layout ? undefined : atEnd, signedOrbits, explanation } };
}

/** Routes a block's rows into lists, or into larger ones where these are too small. */
function routed(
  rows: RowBlock,
  recordRows: Uint32Array,
  given: SharedArrayBuffer,
  partRows?: Uint32Array,
): DecodeResult {
  const fits = rows.rows * hitListRowBytes <= given.byteLength;
  const lists = fits ? given : allocateHitLists(rows.rows);
  const where = routeRows(rows, setup.shards, viewHitLists(lists), partRows);
  return {
    ...{ ...where, lists, lines: rows.lines, rejected: Uint32Array.from(rows.rejected) },
    recordRows: isRowEach(recordRows, rows.rows) ? new Uint32Array(0) : recordRows,
  };
}

/** Whether every record is one row. */
function isRowEach(recordRows: Uint32Array, rows: number): boolean {
  if (recordRows.length !== rows) return false;
  for (let record = 0; record < rows; record++) if (recordRows[record] !== record + 1) return false;
  return true;
}

function bytesOfRejected({ rejected, text }: RowBlock): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < rejected.length; at += rejectedStride) {
    parts.push(text.subarray(rejected[at + 2], rejected[at + 3]));
  }
  return Buffer.concat(parts);
}
