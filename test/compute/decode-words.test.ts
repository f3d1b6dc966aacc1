import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeWordRecords, decodeWords, nextWordRecord } from '../../src/compute/decode-words.js';
import { parsedOrbit, parseRow } from '../../src/compute/parse-row.js';
import { RowBlock } from '../../src/compute/row-block.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { formatHit } from '../../src/domain/hit.js';
import { rowCode, wireCodes } from '../../src/domain/row-code.js';
import { encodeWord, wordBytes } from '../../src/domain/word.js';

const wires = wireCodes(defaultGeometry);
const block = new RowBlock(1 << 16, wires);
const hit = fc.record({
  head: fc.oneof(fc.constant(2), fc.nat(7)),
  fpga: fc.oneof(fc.nat(1), fc.nat(7)),
  tdcChannel: fc.oneof(fc.nat(128), fc.nat(511)),
  orbitCnt: fc.oneof(fc.nat(), fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 })),
  bxCounter: fc.nat(4095),
  tdcMeas: fc.nat(31),
});

describe('decodeWords', () => {
  it('gives words the codes and orbits of the lines that say the same', () => {
    fc.assert(
      fc.property(fc.array(hit), (hits) => {
        const bytes = new ArrayBuffer(wordBytes * hits.length);
        hits.forEach((each, index) => encodeWord(each, new DataView(bytes), wordBytes * index));
        block.clear();
        decodeWords(new Uint8Array(bytes), block);
        assert.deepEqual([block.rows, block.lines], [hits.length, hits.length]);
        hits.forEach((each, row) => {
          const line = Buffer.from(formatHit(each));
          const code = parseRow(line, 0, line.length, wires);
          assert.equal(block.codes[row], code);
          if (code <= rowCode.scintillator) assert.equal(block.orbits[row], parsedOrbit);
        });
      }),
    );
  });
});

describe('decodeWordRecords', () => {
  it('takes the whole words of each record, and one rejected row for the bytes that are left or an empty record', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40)), (sizes) => {
        const ends: number[] = [];
        let start = 0;
        for (const size of sizes) {
          ends.push(start + size);
          start = nextWordRecord(start, start + size);
        }
        block.clear();
        const recordRows = decodeWordRecords(new Uint8Array(start), Uint32Array.from(ends), block);
        const rest = (size: number): number => (size % wordBytes > 0 || size === 0 ? 1 : 0);
        let rows = 0;
        const expected = sizes.map((size) => (rows += Math.floor(size / wordBytes) + rest(size)));
        assert.deepEqual([...recordRows], expected);
        const rejected = sizes.reduce((sum, size) => sum + rest(size), 0);
        assert.equal(
          block.codes.subarray(0, block.rows).filter((code) => code === rowCode.rejectedFields).length,
          rejected,
        );
      }),
    );
  });
});
