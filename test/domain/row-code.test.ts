import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { rejectReasonOf, rowCode, wireCodes } from '../../src/domain/row-code.js';

describe('wireCodes', () => {
  const codes = wireCodes(defaultGeometry);
  const codeOf = (fpga: number, channel: number): number => codes[fpga * 512 + channel];

  it('counts the wires of a chamber as its hits, from its first channel on', () => {
    assert.deepEqual([codeOf(0, 0), codeOf(0, 63), codeOf(0, 64), codeOf(1, 127)], [0, 63, 64, 4 * 64 - 1]);
  });

  it('counts the trigger channel as scintillator and every other wire as dropped', () => {
    assert.equal(codeOf(1, 128), rowCode.scintillator);
    assert.deepEqual(
      [codeOf(0, 128), codeOf(1, 129), codeOf(2, 0), codeOf(7, 511)],
      new Array(4).fill(rowCode.droppedChannel),
    );
    assert.equal(codes.filter((code) => code < rowCode.scintillator).length, 4 * 64);
  });

  it('follows the configured geometry', () => {
    const [chamber] = defaultGeometry.chambers;
    const other = wireCodes({
      chambers: [{ ...chamber, fpga: 7, channelFirst: 448 }],
      triggers: [
        { fpga: 0, channel: 138, time: true, chambers: 'all' },
        { fpga: 1, channel: 138, time: true, chambers: 'all' },
      ],
    });
    assert.deepEqual([other[7 * 512 + 448], other[7 * 512 + 511]], [0, 63]);
    assert.deepEqual(
      [other[138], other[512 + 138], other[512 + 128]],
      [rowCode.scintillator, rowCode.scintillator + 1, rowCode.droppedChannel],
    );
  });
});

describe('rejectReasonOf', () => {
  it('names the rule behind each code of a rejected row', () => {
    const { rejectedFields, rejectedNumber, rejectedRange } = rowCode;
    const reasons = [rejectedFields, rejectedNumber, rejectedRange].map(rejectReasonOf);
    assert.deepEqual(reasons, ['fields', 'number', 'range']);
  });
});
