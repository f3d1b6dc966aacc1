import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { formatHit } from '../../../src/domain/hit.js';
import { decodeWord, encodeWord, fitsWord } from '../../../src/domain/word.js';
import { RowTable, rowFlag, shiftOrbits, tableRows } from '../../../src/pipeline/produce/row-table.js';
import { wordLineBytesMax, writeWithOrbit, writeWordLine } from '../../../src/pipeline/produce/row-text.js';
import { scanCsv } from '../../../src/pipeline/produce/scan-csv.js';
import { scanWords } from '../../../src/pipeline/produce/scan-words.js';
import { classify } from '../../model/classify.js';
import { lineArbitrary, writeLine } from '../../model/line-arbitrary.js';

const orbits = fc.oneof(
  fc.nat(0xffff_ffff),
  fc.constantFrom(0, 1, 99_999, 100_000, 2 ** 31, 3_999_999_999, 4_000_000_000, 4_294_967_295),
);
const hits = fc.record({
  head: fc.nat(7),
  fpga: fc.nat(7),
  tdcChannel: fc.nat(511),
  orbitCnt: orbits,
  bxCounter: fc.nat(4095),
  tdcMeas: fc.nat(31),
});
/** Lines of all kinds, and what is nearly a number; a character is a byte. */
const lines = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(lineArbitrary({ disorder: 600, corrupt: true }), orbits).map(([spec, orbit]) => Buffer.from(writeLine(spec, orbit).text).toString('latin1')) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789,,,,,.-+eE \t\r;"\xff'.split(/(?:)/)) }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('0', '2', '07', '31', '4294967295', '4294967296', '9999999999', '00000000001', '-0', '3.5', ' 1', '+2', '2e0', '3.0E+1', '50e-1'), { minLength: 6, maxLength: 6 }).map((fields) => fields.join(',')) },
); // prettier-ignore

function scanned(text: string): { table: RowTable; bytes: Buffer } {
  const bytes = Buffer.from(text, 'latin1');
  const table = new RowTable();
  assert.equal(scanCsv(bytes, 0, bytes.length, table), bytes.length);
  return { table, bytes };
}

function wordOf({ lows, highs }: RowTable, row: number): DataView {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, lows[row], true);
  view.setUint32(4, highs[row], true);
  return view;
}

describe('scanCsv', () => {
  it('finds the rows that the model finds, byte by byte, and the orbits of all hits', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(lines, fc.constantFrom('\n', '\r\n'))), (specs) => {
        const { table, bytes } = scanned(specs.map(([text, end]) => `${text}${end}`).join(''));
        // A text that ends in CR is followed by a line end of its own.
        const rows = specs.map(([text, end]) => ({ text: end === '\n' ? text.replace(/\r$/, '') : text }));
        const expected = rows.filter(({ text }) => classify(`${text}\n`.replace(/\r\n$/, '\r\r\n'), defaultGeometry).kind !== 'none');
        const found = Array.from({ length: table.count }, (_, row) => bytes.toString('latin1', table.starts[row], table.ends[row]));
        assert.deepEqual(found, expected.map(({ text }) => text));
        expected.forEach(({ text }, row) => {
          const fate = classify(`${text}\n`.replace(/\r\n$/, '\r\r\n'), defaultGeometry);
          if (fate.kind !== 'hit' && fate.kind !== 'scintillator') return;
          assert.equal(table.flags[row] & (rowFlag.orbit | rowFlag.clock), rowFlag.orbit | rowFlag.clock, text);
          assert.equal(table.orbits[row], fate.orbit);
        });
      }),
      { numRuns: 400 },
    ); // prettier-ignore
  });

  it('takes for a word exactly the lines that a word is written as, and loses nothing', () => {
    fc.assert(
      fc.property(lines, (text) => {
        const { table } = scanned(`${text}\n`);
        if (table.count === 0 || (table.flags[0] & rowFlag.word) === 0) return;
        assert.equal(formatHit(decodeWord(wordOf(table, 0), 0)), text.replace(/\r$/, ''));
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(hits, (hit) => {
        assert.ok(fitsWord(hit));
        const { table } = scanned(`${formatHit(hit)}\r\n`);
        assert.notEqual(table.flags[0] & rowFlag.word, 0, formatHit(hit));
        assert.deepEqual(decodeWord(wordOf(table, 0), 0), { ...hit });
      }),
    );
  });

  it('goes on where the table was full', () => {
    const bytes = Buffer.from('2,0,1,5,6,7\n\n'.repeat(tableRows + 3));
    const table = new RowTable();
    const next = scanCsv(bytes, 0, bytes.length, table);
    assert.equal(table.count, tableRows);
    scanCsv(bytes, next, bytes.length, table);
    assert.equal(table.count, 3);
  });
});

describe('scanWords', () => {
  it('finds what was encoded, and writes it as the line of the hit', () => {
    fc.assert(
      fc.property(fc.array(hits, { minLength: 1 }), (rows) => {
        const bytes = new Uint8Array(8 * rows.length + 3);
        rows.forEach((hit, row) => encodeWord(hit, new DataView(bytes.buffer), 8 * row));
        const table = new RowTable();
        assert.equal(scanWords(bytes, 0, bytes.length, table), 8 * rows.length);
        rows.forEach((hit, row) => {
          assert.equal(table.orbits[row], hit.orbitCnt);
          assert.equal((table.flags[row] & rowFlag.clock) !== 0, hit.head === 2);
          const line = Buffer.alloc(wordLineBytesMax);
          const end = writeWordLine(table.lows[row], table.highs[row], line, 0);
          assert.equal(line.toString('latin1', 0, end), formatHit(hit));
        });
      }),
    );
  });
});

describe('shiftOrbits', () => {
  it('moves the orbit of a word and of a line, modulo 2^32, and nothing else', () => {
    fc.assert(
      fc.property(hits, orbits, fc.constantFrom('', ' ', '.00'), (hit, offset, decoration) => {
        const { head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas } = hit;
        const { table, bytes } = scanned(`${head},${fpga},${tdcChannel},${orbitCnt}${decoration},${bxCounter},${tdcMeas}\n`);
        fc.pre((table.flags[0] & rowFlag.orbit) !== 0);
        shiftOrbits(table, offset);
        const moved = { ...hit, orbitCnt: (orbitCnt + offset) % 2 ** 32 };
        const line = Buffer.alloc(64);
        const end = writeWithOrbit({ bytes, start: table.starts[0], end: table.ends[0] }, table.orbits[0], line, 0);
        assert.equal(line.toString('latin1', 0, end), formatHit(moved));
        if ((table.flags[0] & rowFlag.word) !== 0) assert.deepEqual(decodeWord(wordOf(table, 0), 0), moved);
      }),
    ); // prettier-ignore
  });
});
