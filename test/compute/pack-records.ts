import { nextWordRecord } from '../../src/compute/decode-words.js';
import type { RecordPlaces } from '../../src/compute/tasks.js';
import { wordBytes } from '../../src/domain/word.js';

export interface PlainRecord {
  readonly format: 'csv' | 'words';
  /** Lines with their ends, or words. */
  readonly bytes: Buffer;
}

/** Records as one chunk: words from multiples of 8, lines one after the other. */
export function packRecords(records: readonly PlainRecord[]): {
  readonly bytes: Buffer;
  readonly format: 'csv' | 'words';
  readonly places: RecordPlaces;
} {
  const first = records.at(0)?.format ?? 'csv';
  const ends: number[] = [];
  const turns: number[] = [];
  const turnStarts: number[] = [];
  const parts: Buffer[] = [];
  let format = first;
  let at = 0;
  const padTo = (next: number): void => {
    parts.push(Buffer.alloc(next - at, 0x58));
    at = next;
  };
  records.forEach((record, index) => {
    if (record.format !== format) {
      if (record.format === 'words') padTo(Math.ceil(at / wordBytes) * wordBytes);
      turns.push(index);
      turnStarts.push(at);
      format = record.format;
    }
    const start = at;
    parts.push(record.bytes);
    at += record.bytes.length;
    ends.push(at);
    if (format === 'words') padTo(nextWordRecord(start, at));
  });
  const places = {
    ends: Uint32Array.from(ends),
    turns: Uint32Array.from(turns),
    turnStarts: Uint32Array.from(turnStarts),
  };
  return { bytes: Buffer.concat(parts), format: first, places };
}
