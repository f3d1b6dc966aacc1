import { rowCode } from '../domain/row-code.js';
import { rowKey } from '../domain/row-key.js';
import { wordBytes } from '../domain/word.js';
import type { RowBlock } from './row-block.js';

/**
 * Decodes little-endian 64-bit DAQ words (layout in src/domain/word.ts). Guarded by benchmarks/stages.ts.
 *
 * @param bytes words; an incomplete one at the end is skipped
 */
export function decodeWords(bytes: Uint8Array, block: RowBlock): void {
  block.text.set(bytes);
  decodeLoadedWords(block, bytes.length);
}

/** The same for words that are in the block's text already, in its first `length` bytes. */
export function decodeLoadedWords(block: RowBlock, length: number): void {
  decodeAt(0, Math.floor(length / wordBytes), block);
}

/**
 * Decodes records of words that are in the block's text already, each starting where {@link nextWordRecord} says; 1-7
 * bytes after the last whole word of a record are one rejected row, and so is a record of no bytes.
 *
 * @param from where the first one begins
 * @param recordEnds end of each record's bytes
 * @returns rows before the end of each record
 */
export function decodeLoadedWordRecords(block: RowBlock, from: number, recordEnds: Uint32Array): Uint32Array {
  const recordRows = new Uint32Array(recordEnds.length);
  let start = from;
  for (let record = 0; record < recordEnds.length; record++) {
    const end = recordEnds[record];
    const wordCount = Math.floor((end - start) / wordBytes);
    decodeAt(start, wordCount, block);
    const rest = start + wordCount * wordBytes;
    if (rest < end || end === start) {
      block.rejected.push(block.rows, block.lines, rest, end, rowCode.rejectedFields);
      block.keys[block.rows++] = rowKey(rowCode.rejectedFields);
      block.lines++;
    }
    recordRows[record] = block.rows;
    start = nextWordRecord(start, end);
  }
  return recordRows;
}

/** Decodes the words at `start` of the block's text. */
function decodeAt(start: number, wordCount: number, block: RowBlock): void {
  const { text, wires, orbits, keys } = block.at;
  block.kernel.run.decodeWords(text + start, wordCount, wires, orbits + 4 * block.rows, keys + 4 * block.rows);
  block.rows += wordCount;
  block.lines += wordCount;
}

/** Where the record after one at [start, end) starts: a multiple of 8 bytes, and never the same place. */
export function nextWordRecord(start: number, end: number): number {
  return Math.max(start + wordBytes, nextWordPlace(end));
}

/** The first multiple of 8 bytes that is not below. */
export function nextWordPlace(at: number): number {
  return Math.ceil(at / wordBytes) * wordBytes;
}
