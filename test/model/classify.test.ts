import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Geometry, defaultGeometry as geometry } from '../../src/domain/geometry.js';
import { bytesOf, streamArbitrary } from './arbitraries.js';
import { classify, rowsOfMessage, rowsOfText } from './classify.js';

const fate = (line: string): string => {
  const row = classify(line, geometry);
  return 'reason' in row ? `${row.kind} ${row.reason}` : row.kind;
};
const hit = { kind: 'hit', chamber: 1, channel: 6, orbit: 5 } as const;
const rejectedFields = { kind: 'rejected', reason: 'fields' } as const;

describe('classify', () => {
  it('gives a hit its chamber, its channel inside the chamber and its raw orbit', () => {
    assert.deepEqual(classify('2,0,70,5,6,7', geometry), hit);
    assert.deepEqual(classify('2,1,127,4294967295,4095,31', geometry), {
      kind: 'hit',
      chamber: 3,
      channel: 63,
      orbit: 4294967295,
    });
    assert.deepEqual(classify('2,1,128,9,0,0', geometry), { kind: 'scintillator', orbit: 9 });
  });

  it('takes the trigger and the chambers from the geometry', () => {
    const other: Geometry = {
      ...geometry,
      chambers: [{ ...geometry.chambers[0], fpga: 3, channelFirst: 100 }],
      triggers: [{ fpga: 0, channel: 138, time: true, chambers: 'all' }],
    };
    assert.deepEqual(classify('2,3,163,1,2,3', other), { kind: 'hit', chamber: 0, channel: 63, orbit: 1 });
    assert.deepEqual(classify('2,0,138,1,2,3', other), { kind: 'scintillator', orbit: 1 });
    assert.equal(classify('2,3,164,1,2,3', other).kind, 'dropped');
    assert.equal(classify('2,1,128,1,2,3', other).kind, 'dropped');
  });

  it('reads every way of writing the same numbers', () => {
    for (const line of [
      '2.0,0.00,070,5,6,7',
      ' 2 ,\t0,70\t, 5,6 ,7 ',
      '2,-0,70,5,6,-0',
      '2,-0.0,70,5,6,31.99',
      '+2,+0,7e1,5,6,7',
      '2.0e0,0e999999999,70,5e0,600E-2,7.0e+0',
      '200e-2,0.0e-5,.7e2'.replace('.7', '0.7') + ',0.5e1,6,7',
    ])
      assert.deepEqual(classify(line, geometry), hit, line);
    assert.equal(fate('2,0,70,5,6,31.99999999999999999999999'), 'hit');
  });

  it('drops or rejects by the first rule that fits', () => {
    const examples: readonly (readonly [string, string])[] = [
      ['x,0,1,5,6', 'rejected fields'],
      ['2,0,1,5,6,7,', 'rejected fields'],
      ['x', 'rejected fields'],
      ['3,0,1,5,6,x', 'rejected number'],
      ['3,0,1,5,6,', 'rejected number'],
      ['2,0,1,5,6,++7', 'rejected number'],
      ['2,0,1,5,6,+-7', 'rejected number'],
      ['2,0,1,5,6,+', 'rejected number'],
      ['2,0,1,5,6,7.', 'rejected number'],
      ['2,0,1,5,6,.7', 'rejected number'],
      ['2,0,1,5,6,7e', 'rejected number'],
      ['2,0,1,5,6,7e+', 'rejected number'],
      ['2,0,1,5,6,7e1.0', 'rejected number'],
      ['2,0,1,5,6,e1', 'rejected number'],
      ['2,0,1,5,6,7.e1', 'rejected number'],
      ['2,0,1,5,6,7e 1', 'rejected number'],
      ['2,0,1,5,6,7d1', 'rejected number'],
      ['2,0,1,5,6,- 7', 'rejected number'],
      ['2,0,1,5,6,\u00a07', 'rejected number'],
      ['2,0,1,5,\r6,7', 'rejected number'],
      ['3,9,999,-1,99999,-9', 'dropped head'],
      ['2.5,0,1,5,6,7', 'dropped head'],
      ['2e1,0,1,5,6,7', 'dropped head'],
      ['20e-2,0,1,5,6,7', 'dropped head'],
      ['2e400,0,1,5,6,7', 'dropped head'],
      ['25e-1,0,1,5,6,7', 'dropped head'],
      ['2,0,1e400,5,6,7', 'rejected range'],
      ['2,0,1,4294967295e0,6,1e-999999999999999999', 'hit'],
      ['2,0,1,4294967295.0000000000000000001e0,6,7', 'rejected range'],
      ['2,0,1,42949672950e-1,6,3199999999999999999999e-20', 'hit'],
      ['2,0,1,4294967296e0,6,7', 'rejected range'],
      ['2,0,1,5,6,-1e-99999', 'rejected range'],
      ['2,0,1,5,6,0.32e2', 'rejected range'],
      ['-2,0,1,5,6,7', 'dropped head'],
      ['2.00000000000000000001,0,1,5,6,7', 'dropped head'],
      ['2,8,1,5,6,7', 'rejected range'],
      ['2,0,512,5,6,7', 'rejected range'],
      ['2,0,1.5,5,6,7', 'rejected range'],
      ['2,0,1,4294967296,6,7', 'rejected range'],
      ['2,0,1,-1,6,7', 'rejected range'],
      ['2,0,1,5,4096,7', 'rejected range'],
      ['2,0,1,5,6,32', 'rejected range'],
      ['2,0,1,5,6,-0.00000000000000000001', 'rejected range'],
      ['2,7,511,5,6,7', 'dropped channel'],
      ['2,0,128,5,6,7', 'dropped channel'],
    ];
    for (const [line, expected] of examples) assert.equal(fate(line), expected, line);
  });

  it('finds no row in header and blank lines, whatever their case, blanks and line end', () => {
    for (const line of [
      'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS',
      ' head ,fpga,\ttdc_channel,Orbit_Cnt,bx_counter,tdc_meas\r\n',
    ])
      assert.equal(fate(line), 'none', line);
    for (const line of ['', '\n', '\r\n', '\r', ' \t', ' \t\r\n']) assert.equal(fate(line), 'none');
    assert.equal(fate('HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER'), 'rejected fields');
    assert.equal(fate('HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,TDC_MEAS,BX_COUNTER'), 'rejected number');
    assert.equal(fate('\r\r\n'), 'rejected fields');
  });

  it('makes of every generated line what it was generated to be, alone and in its stream', () => {
    fc.assert(
      fc.property(streamArbitrary(), ({ lines }) => {
        for (const { text, end, fate: expected } of lines) {
          assert.deepEqual(classify(text, geometry), expected);
          assert.deepEqual(classify(Buffer.from(text + end), geometry), expected);
        }
        const rows = lines.map((line) => line.fate).filter((row) => row.kind !== 'none');
        assert.deepEqual(rowsOfText(bytesOf(lines), geometry), rows);
      }),
    );
  });
});

describe('rowsOfMessage', () => {
  it('reads one or more lines, the last line end optional', () => {
    const line = '2,0,70,5,6,7';
    for (const text of [line, `${line}\n`, `${line}\r\n`, `${line}\r`, `\n${line}\n\n`])
      assert.deepEqual(rowsOfMessage(Buffer.from(text), geometry), [hit]);
    assert.deepEqual(rowsOfMessage(Buffer.from(`${line}\r\n${line}`), geometry), [hit, hit]);
  });

  it('rejects an empty message as one row, and finds no row in one that holds only line ends', () => {
    assert.deepEqual(rowsOfMessage(new Uint8Array(0), geometry), [rejectedFields]);
    assert.deepEqual(rowsOfMessage(new Uint8Array(0), geometry, 'words'), [rejectedFields]);
    assert.deepEqual(rowsOfMessage(Buffer.from('\r\n\n'), geometry), []);
  });

  it('reads words and rejects the bytes that are left over as one row', () => {
    // HEAD 2, FPGA 0, channel 70, orbit 5, BX 6, TDC 7, as bits from the highest to the lowest.
    const bits = `010000001000110${'101'.padStart(32, '0')}${'110'.padStart(12, '0')}00111`;
    const word = Buffer.alloc(8);
    word.writeBigUInt64LE(BigInt(`0b${bits}`));
    assert.deepEqual(rowsOfMessage(word, geometry, 'words'), [hit]);
    for (let left = 1; left <= 7; left++) {
      const value = Buffer.concat([word, word, word.subarray(0, left)]);
      assert.deepEqual(rowsOfMessage(value, geometry, 'words'), [hit, hit, rejectedFields]);
    }
  });
});
