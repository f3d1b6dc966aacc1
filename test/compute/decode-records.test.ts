import { codeOfKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeLoadedCsv } from '../../src/compute/decode-csv.js';
import { decodeRecords } from '../../src/compute/decode-records.js';
import { decodeWords } from '../../src/compute/decode-words.js';
import { RowBlock } from '../../src/compute/row-block.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { rowCode, wireCodes } from '../../src/domain/row-code.js';
import { wordBytes } from '../../src/domain/word.js';
import { holedText, hostileText } from './hostile-lines.js';
import { packRecords, type PlainRecord } from './pack-records.js';

const wires = wireCodes(defaultGeometry);
const block = new RowBlock(1 << 16, wires, defaultGeometry.clock);
const alone = new RowBlock(1 << 16, wires, defaultGeometry.clock);

const linesRecord = fc
  .oneof(hostileText, holedText)
  .map((text): PlainRecord => ({ format: 'csv', bytes: Buffer.from(text, 'latin1') }));
const wordsRecord = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes): PlainRecord => ({ format: 'words', bytes: Buffer.from(bytes) }));

interface Row {
  readonly code: number;
  /** Of hits and scintillator rows. */
  readonly orbit: number | undefined;
  /** Its bytes, of rejected rows. */
  readonly rejected: string | undefined;
}

function rowsOf({ keys, orbits, rows, rejected, text }: RowBlock): Row[] {
  const spans = new Map<number, string>();
  for (let at = 0; at < rejected.length; at += 5) {
    spans.set(rejected[at], Buffer.from(text.subarray(rejected[at + 2], rejected[at + 3])).toString('latin1'));
  }
  return Array.from(keys.subarray(0, rows), (key, row) => {
    const code = codeOfKey(key);
    return { code, orbit: code <= rowCode.scintillator ? orbits[row] : undefined, rejected: spans.get(row) };
  });
}

/** The rows of one record, decoded on its own; 1 to 7 bytes after whole words are a row, and so are no bytes of words. */
function rowsAlone({ format, bytes }: PlainRecord): Row[] {
  alone.clear();
  if (format === 'csv') decodeLines(bytes);
  else decodeWords(bytes, alone);
  const rest = bytes.subarray(bytes.length - (bytes.length % wordBytes)).toString('latin1');
  const isCut = format === 'words' && (rest !== '' || bytes.length === 0);
  return [...rowsOf(alone), ...(isCut ? [{ code: rowCode.rejectedFields, orbit: undefined, rejected: rest }] : [])];
}

/** As a record, which has no holes. */
function decodeLines(bytes: Buffer): void {
  alone.text.set(bytes);
  decodeLoadedCsv(alone, { from: 0, to: bytes.length }, Uint32Array.of(bytes.length));
}

describe('decodeRecords', () => {
  for (const [what, record] of [
    ['lines', linesRecord],
    ['words', wordsRecord],
    ['lines and words in turns', fc.oneof(linesRecord, wordsRecord)],
  ] as const) {
    it(`gives records of ${what} the rows that each has alone, and says where each ends`, () => {
      fc.assert(
        fc.property(fc.array(record, { maxLength: 12 }), (records) => {
          const { bytes, format, places } = packRecords(records);
          block.clear();
          const recordRows = decodeRecords(bytes, format, places, block);
          const expected = records.map(rowsAlone);
          assert.deepEqual(rowsOf(block), expected.flat());
          let rows = 0;
          assert.deepEqual([...recordRows], expected.map(({ length }) => (rows += length))); // prettier-ignore
          assert.equal(block.lines, records.reduce((sum, each) => sum + linesIn(each), 0)); // prettier-ignore
        }),
        { numRuns: 300 },
      );
    });
  }
});

/** Lines of text, blank ones included, or words; what is left of a word counts as one. */
function linesIn({ format, bytes }: PlainRecord): number {
  if (format === 'csv') return bytes.filter((byte) => byte === 0x0a).length;
  return Math.max(1, Math.ceil(bytes.length / wordBytes));
}
