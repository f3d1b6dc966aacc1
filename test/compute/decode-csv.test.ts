import { codeOfKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeCsv } from '../../src/compute/decode-csv.js';
import { notARow, classifyRow, parsedFields } from '../../src/compute/classify-row.js';
import { rejectedStride, RowBlock } from '../../src/compute/row-block.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { rowCode, wireCodes } from '../../src/domain/row-code.js';
import { hostileText } from './hostile-lines.js';

const wires = wireCodes(defaultGeometry);
const block = new RowBlock(1 << 16, wires, defaultGeometry.clock);
/** Lines after which nothing before them is near the end of the bytes any more. */
const filler = '2,0,1,7,3,4\n'.repeat(8);

interface DecodedRow {
  readonly code: number;
  /** Of hits and scintillator rows. */
  readonly orbit: number | undefined;
  readonly line: number;
  /** Where its bytes stand, of rejected rows. */
  readonly span: readonly number[];
}

function decode(text: string): { rows: DecodedRow[]; lines: number } {
  block.clear();
  decodeCsv(Buffer.from(text, 'latin1'), block);
  const rejected = new Map<number, readonly number[]>();
  for (let at = 0; at < block.rejected.length; at += rejectedStride) {
    const [row, ...rest] = block.rejected.slice(at, at + rejectedStride);
    rejected.set(row, rest);
  }
  const rows = Array.from(block.keys.subarray(0, block.rows), (key, row) => {
    const code = codeOfKey(key);
    const [line, ...span] = rejected.get(row) ?? [-1];
    return { code, orbit: code <= rowCode.scintillator ? block.orbits[row] : undefined, line, span };
  });
  return { rows, lines: block.lines };
}

/** The same, line by line with the careful parser. */
function decodeCarefully(text: string): DecodedRow[] {
  const bytes = Buffer.from(text, 'latin1');
  const rows: DecodedRow[] = [];
  let start = 0;
  let line = 0;
  for (let next = bytes.indexOf(0x0a) + 1; next > 0; next = bytes.indexOf(0x0a, start) + 1) {
    const end = next - 2 >= start && bytes[next - 2] === 0x0d ? next - 2 : next - 1;
    const code = classifyRow(bytes, start, end, wires);
    const isRejected = code >= rowCode.rejectedFields;
    if (code !== notARow) {
      const orbit = code <= rowCode.scintillator ? parsedFields.whole[3] : undefined;
      rows.push({ code, orbit, line: isRejected ? line : -1, span: isRejected ? [start, end, code] : [] });
    }
    line++;
    start = next;
  }
  return rows;
}

describe('decodeCsv', () => {
  it('judges every line as classifyRow does, wherever it stands', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom('', filler), (hostile, end) => {
        const text = hostile + end;
        const { rows, lines } = decode(text);
        assert.deepEqual(rows, decodeCarefully(text));
        assert.equal(lines, text.split('\n').length - 1);
      }),
      { numRuns: 300 },
    );
  });

  it('takes plain rows of every width of every field, and none beyond its range', () => {
    const widths = (values: number[]): fc.Arbitrary<number> => fc.constantFrom(...values);
    const line = fc
      .tuple(
        fc.tuple(fc.nat(8), fc.nat(9)),
        widths([0, 9, 10, 63, 64, 99, 100, 127, 128, 511, 512, 999, 1000]),
        fc.oneof(
          fc.nat(10).map((digits) => 10 ** digits),
          fc.nat(10).map((digits) => 10 ** digits - 1),
          widths([3_999_999_999, 4_000_000_000, 2 ** 32 - 1, 2 ** 32]),
        ),
        widths([0, 9, 10, 99, 100, 999, 1000, 3563, 4095, 4096, 9999, 10_000]),
        widths([0, 9, 10, 31, 32, 99, 100, 1000, 10_000]),
      )
      .map(([[head, fpga], ...rest]) => `${[head === 8 ? 2 : head, fpga, ...rest].join(',')}\n`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join('') + filler;
        assert.deepEqual(decode(text).rows, decodeCarefully(text));
      }),
    );
  });

  it('adds to the rows that are in the block', () => {
    const bytes = Buffer.from('2,0,1,7,3,4\nx\n');
    block.clear();
    decodeCsv(bytes, block);
    decodeCsv(bytes, block);
    assert.deepEqual([block.rows, block.lines], [4, 4]);
    assert.deepEqual([...block.keys.subarray(0, 4)].map(codeOfKey), [
      1,
      rowCode.rejectedFields,
      1,
      rowCode.rejectedFields,
    ]);
    assert.deepEqual(block.rejected.slice(rejectedStride), [3, 3, 12, 13, rowCode.rejectedFields]);
  });
});
