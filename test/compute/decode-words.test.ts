import { codeOfKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeWords } from '../../src/compute/decode-words.js';
import { classifyRow, parsedFields } from '../../src/compute/classify-row.js';
import { RowBlock } from '../../src/compute/row-block.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { formatHit } from '../../src/domain/hit.js';
import { rowCode, wireCodes } from '../../src/domain/row-code.js';
import { encodeWord, wordBytes } from '../../src/domain/word.js';

const wires = wireCodes(defaultGeometry);
const block = new RowBlock(1 << 16, wires, defaultGeometry.clock);
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
          const code = classifyRow(line, 0, line.length, wires);
          assert.equal(codeOfKey(block.keys[row]), code);
          if (code <= rowCode.scintillator) assert.equal(block.orbits[row], parsedFields.whole[3]);
        });
      }),
    );
  });
});
