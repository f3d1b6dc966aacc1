import { hitHead } from '../domain/hit.js';
import { rowCode } from '../domain/row-code.js';
import { wordBytes } from '../domain/word.js';
import type { RowBlock } from './row-block.js';
import { stretchRows } from './stretch.js';

/**
 * Decodes little-endian 64-bit DAQ words (layout in src/domain/word.ts). Guarded by bench/stages.ts.
 *
 * @param words two 32-bit halves a word, low first
 * @param wires row code of each wire, see `wireCodes`
 */
export function decodeWords(words: Uint32Array, wordCount: number, wires: Uint16Array, block: RowBlock): void {
  for (let from = 0; from < wordCount; from += stretchRows) {
    decodeStretch(words, from, Math.min(wordCount, from + stretchRows), wires, block);
  }
  block.lines += wordCount;
}

function decodeStretch(words: Uint32Array, from: number, to: number, wires: Uint16Array, block: RowBlock): void {
  const { orbits, codes } = block;
  const { droppedHead } = rowCode;
  const wanted = hitHead;
  let row = block.rows;
  for (let index = from; index < to; index++) {
    const low = words[2 * index];
    const high = words[2 * index + 1];
    orbits[row] = ((high & 0x1ffff) << 15) | (low >>> 17);
    // FPGA and TDC_CHANNEL side by side are the wire's index.
    codes[row] = high >>> 29 === wanted ? wires[(high >>> 17) & 0xfff] : droppedHead;
    row++;
  }
  block.rows = row;
}

/**
 * Decodes records of words, each starting where {@link nextWordRecord} says; 1-7 bytes after the last whole word of a
 * record are one rejected row, and so is a record of no bytes.
 *
 * @param recordEnds end of each record's bytes
 * @returns rows before the end of each record
 */
export function decodeWordRecords(
  words: Uint32Array,
  recordEnds: Uint32Array,
  wires: Uint16Array,
  block: RowBlock,
): Uint32Array {
  const recordRows = new Uint32Array(recordEnds.length);
  let start = 0;
  for (let record = 0; record < recordEnds.length; record++) {
    const end = recordEnds[record];
    const wordCount = Math.floor((end - start) / wordBytes);
    decodeWords(words.subarray(start / 4), wordCount, wires, block);
    const rest = start + wordCount * wordBytes;
    if (rest < end || end === start) {
      block.rejected.push(block.rows, block.lines, rest, end, rowCode.rejectedFields);
      block.codes[block.rows++] = rowCode.rejectedFields;
      block.lines++;
    }
    recordRows[record] = block.rows;
    start = nextWordRecord(start, end);
  }
  return recordRows;
}

/** Where the record after one at [start, end) starts: a multiple of 8 bytes, and never the same place. */
export function nextWordRecord(start: number, end: number): number {
  return Math.max(start + wordBytes, Math.ceil(end / wordBytes) * wordBytes);
}
