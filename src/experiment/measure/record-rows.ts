import { wordBytes } from '../../domain/word.js';
import { contentTypes, headerNames, type RecordBatch } from '../../transport/transport.js';

const lf = 0x0a;

/** Rows of each record of a batch of records, in order. */
export function rowsOfRecords({ headers, values, valueEnds }: RecordBatch): Uint32Array {
  const isWords = headers[headerNames.contentType] === contentTypes.words;
  let from = 0;
  return valueEnds.map((to) => {
    const rows = isWords ? (to - from) / wordBytes : linesOf(values, from, to);
    from = to;
    return rows;
  });
}

/** Lines between two places; the last one may lack its end. */
function linesOf(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  let start = from;
  while (start < to) {
    const end = bytes.indexOf(lf, start);
    lines++;
    start = end < 0 || end >= to ? to : end + 1;
  }
  return lines;
}
