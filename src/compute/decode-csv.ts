import { rowCode } from '../domain/row-code.js';
import { endOfHole, holeKeptMax, nextHole } from './hole.js';
import { notARow, parsedOrbit, parseRow } from './parse-row.js';
import type { RowBlock } from './row-block.js';

/**
 * Decodes CSV lines in canonical column order. Guarded by bench/stages.ts.
 *
 * ```
 *  2,0,72,46758,279,18\n      plain: by the kernel, 32 bytes at a time
 *  2, 0,72,46758,2.0,18\n     anything else: by parseRow
 * ```
 *
 * @param bytes lines; the last byte must be LF, or the last of a hole
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
  const { at, kernel, text } = block;
  const records = recordEnds.length;
  const ends = new Uint32Array(kernel.memory, at.recordEnds, records);
  for (let record = 0; record < records; record++) ends[record] = at.text + recordEnds[record];
  const { row } = kernel.run;
  row.value = block.rows;
  kernel.run.record.value = 0;
  // Records have no holes: their writer gave each as a whole.
  let hole = records > 0 ? Infinity : -1;
  const end = at.text + to;
  for (let line = at.text + from; ;) {
    const { wires, orbits, codes, recordRows } = at;
    line = kernel.run.decodeLines(line, end, wires, orbits, codes, at.recordEnds, recordRows, records);
    block.lines += row.value - block.rows;
    block.rows = row.value;
    if (line >= end) break;
    const start = line - at.text;
    if (hole < start) hole = nextHole(text, start, to);
    line = at.text + carefulLine(text, { start, to, hole }, block);
    row.value = block.rows;
  }
  return new Uint32Array(kernel.memory, at.recordRows, records).slice();
}

const noRecords = new Uint32Array(0);

interface CarefulLine {
  readonly start: number;
  /** End of all lines. */
  readonly to: number;
  /** The first zero byte from `start` on. */
  readonly hole: number;
}

/** Decodes one line of any kind; returns where the next one starts. */
function carefulLine(bytes: Uint8Array, { start, to, hole }: CarefulLine, block: RowBlock): number {
  const lineEnd = bytes.indexOf(0x0a, start);
  if (hole < to && (lineEnd === -1 || hole < lineEnd)) {
    const holeEnd = endOfHole(bytes, hole, to);
    addRow(bytes, start, Math.min(holeEnd, hole + holeKeptMax), block);
    return holeEnd;
  }
  addRow(bytes, start, lineEnd > start && bytes[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd, block);
  block.lines++;
  return lineEnd + 1;
}

function addRow(bytes: Uint8Array, start: number, end: number, block: RowBlock): void {
  const code = parseRow(bytes, start, end, block.wires);
  if (code === notARow) return;
  if (code >= rowCode.rejectedFields) block.rejected.push(block.rows, block.lines, start, end, code);
  block.orbits[block.rows] = parsedOrbit;
  block.codes[block.rows++] = code;
}
