import { decodeLoadedCsv } from './decode-csv.js';
import { decodeLoadedWordRecords } from './decode-words.js';
import type { RowBlock } from './row-block.js';
import type { RecordPlaces, RowFormat } from './tasks.js';

/**
 * Decodes records, some of them lines and some words.
 *
 * ```
 *  bytes   #################### 1,0,7,5,4096,-4␊ · #########
 *  ends             |          |                 |            |
 *  turns                         record 2          record 3
 * ```
 *
 * @param bytes each record of words begins where `nextWordRecord` says, the first of several at a multiple of 8
 * @param format of the first record
 * @returns rows before the end of each record
 */
export function decodeRecords(
  bytes: Uint8Array,
  format: RowFormat,
  { ends, turns, turnStarts }: RecordPlaces,
  block: RowBlock,
): Uint32Array {
  block.text.set(bytes);
  const recordRows = new Uint32Array(ends.length);
  let isWords = format === 'words';
  let record = 0;
  let from = 0;
  for (let turn = 0; record < ends.length; turn++) {
    const next = turn < turns.length ? turns[turn] : ends.length;
    const ownEnds = ends.subarray(record, next);
    const rows = isWords
      ? decodeLoadedWordRecords(block, from, ownEnds)
      : decodeLoadedCsv(block, { from, to: ends[next - 1] }, ownEnds);
    recordRows.set(rows, record);
    isWords = !isWords;
    record = next;
    from = turnStarts[turn];
  }
  return recordRows;
}
