import { canonicalLayout } from '../domain/csv-layout.js';
import { rowCode } from '../domain/row-code.js';
import { addParsedRow, notARow, classifyRow } from './classify-row.js';
import type { RowBlock } from './row-block.js';
import { useLayout } from './use-layout.js';

/**
 * Decodes CSV lines in canonical column order. Guarded by benchmarks/stages.ts.
 *
 * ```
 *  2,0,72,46758,279,18\n      rows: by the kernel
 *  2, 0,72,46758,2.0,1e1\n
 *  2,0,72,-1,279,18\n         anything else: by classifyRow
 * ```
 *
 * @param bytes lines; the last byte must be LF
 */
export function decodeCsv(bytes: Uint8Array, block: RowBlock): void {
  block.text.set(bytes);
  decodeLoadedCsv(block, { from: 0, to: bytes.length });
}

/**
 * The same for lines that are in the block's text already, at [from, to).
 *
 * @param recordEnds end of each record, where the lines come in records; a record never ends within a line
 * @returns rows before the end of each record
 */
export function decodeLoadedCsv(
  block: RowBlock,
  { from, to }: { readonly from: number; readonly to: number },
  recordEnds: Uint32Array = noRecords,
): Uint32Array {
  const { at, kernel } = block;
  const records = recordEnds.length;
  const ends = new Uint32Array(kernel.memory, at.recordEnds, records);
  for (let record = 0; record < records; record++) ends[record] = at.text + recordEnds[record];
  kernel.run.record.value = 0;
  useLayout(kernel, canonicalLayout);
  for (let line = from; ;) {
    line = decodeRows(block, line, to, records);
    if (line >= to) break;
    line = carefulLine(block.text, line, block);
  }
  return new Uint32Array(kernel.memory, at.recordRows, records).slice();
}

/**
 * Decodes lines at [from, to) of the block's text, by the layout in use, up to the first that the kernel does not
 * understand.
 *
 * @param records how many there are, their ends at `recordEnds` of the kernel's memory
 * @returns where that line begins, or `to`
 */
export function decodeRows(block: RowBlock, from: number, to: number, records = 0): number {
  const { wires, orbits, keys, recordEnds, recordRows, text } = block.at;
  const { run } = block.kernel;
  run.row.value = block.rows;
  const line = run.decodeLines(text + from, text + to, wires, orbits, keys, recordEnds, recordRows, records);
  block.lines += run.row.value - block.rows;
  block.rows = run.row.value;
  return line - text;
}

const noRecords = new Uint32Array(0);

/** Decodes one line of any kind; returns where the next one starts. */
function carefulLine(bytes: Uint8Array, start: number, block: RowBlock): number {
  const lineEnd = bytes.indexOf(0x0a, start);
  const end = lineEnd > start && bytes[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd;
  const code = classifyRow(bytes, start, end, block.wires);
  if (code !== notARow) {
    if (code >= rowCode.rejectedFields) block.rejected.push(block.rows, block.lines, start, end, code);
    addParsedRow(block, code);
  }
  block.lines++;
  return lineEnd + 1;
}
