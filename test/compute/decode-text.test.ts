import { codeOfKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeRows } from '../../src/compute/decode-csv.js';
import { decodeText } from '../../src/compute/decode-text.js';
import { classifyRow, parsedFields } from '../../src/compute/classify-row.js';
import { rejectedStride, RowBlock } from '../../src/compute/row-block.js';
import { useLayout } from '../../src/compute/use-layout.js';
import { canonicalLayout, type CsvLayout } from '../../src/domain/csv-layout.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { csvHeader } from '../../src/domain/hit.js';
import { holeKeptMax } from '../../src/domain/hole.js';
import { rejectReasonOf, rowCode, wireCodes } from '../../src/domain/row-code.js';
import { plainReading } from '../../src/domain/text-reading.js';
import type { Row } from '../model/classify.js';
import {
  bases,
  headerText,
  layoutOfSpec,
  layoutSpec,
  layoutText,
  modelLayout,
  rowsInDress,
} from '../model/layout-arbitrary.js';
import { rowsOfLayout } from '../model/layout-model.js';
import { casesOf } from '../helpers/random/cases-of.js';

const block = new RowBlock(1 << 18, wireCodes(defaultGeometry), defaultGeometry.clock);

function decode(text: string, layout: CsvLayout): CsvLayout {
  const bytes = Buffer.from(text, 'latin1');
  block.clear();
  block.text.set(bytes);
  return decodeText(block, { from: 0, to: bytes.length }, layout);
}

/** What was decoded, as the model writes it. */
function decodedRows(): Row[] {
  return Array.from(block.keys.subarray(0, block.rows), (key, row) => {
    const code = codeOfKey(key);
    if (code >= rowCode.rejectedFields) return { kind: 'rejected', reason: rejectReasonOf(code) };
    if (code === rowCode.droppedHead) return { kind: 'dropped', reason: 'head' };
    if (code === rowCode.droppedChannel) return { kind: 'dropped', reason: 'channel' };
    const orbit = block.orbits[row];
    if (code === rowCode.scintillator) return { kind: 'scintillator', orbit };
    return { kind: 'hit', chamber: code >> 6, channel: code & 63, orbit };
  });
}

/** Row, line and text of each rejected row. */
function rejectedRows(): (readonly [row: number, line: number, text: string])[] {
  const found: (readonly [number, number, string])[] = [];
  for (let at = 0; at < block.rejected.length; at += rejectedStride) {
    const [row, line, start, end] = block.rejected.slice(at, at + rejectedStride);
    found.push([row, line, Buffer.from(block.text.subarray(start, end)).toString('latin1')]);
  }
  return found;
}

describe('decodeText', () => {
  it('reads lines of any layout as the model does, and obeys every header', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(layoutSpec, bases)
          .chain(([spec, base]) => fc.tuple(fc.constant(layoutOfSpec(spec, base)), layoutText(spec))),
        ([layout, text]) => {
          decode(text, layout);
          const { rows, lines } = rowsOfLayout(text, modelLayout(layout));
          assert.deepEqual(decodedRows(), rows);
          assert.equal(block.lines, text.split('\n').length - 1);
          const texts = text.split('\n');
          for (const [row, line, bytes] of rejectedRows()) {
            assert.equal(line, lines[row]);
            // Without its line end, which may have several CR.
            assert.ok(texts[line].startsWith(bytes));
            assert.match(texts[line].slice(bytes.length), /^\r*$/);
          }
          assert.equal(block.explanation === undefined, block.rejected.length === 0);
        },
      ),
      { numRuns: casesOf(1000) },
    );
  });

  it('has the kernel decode rows of any layout and dress as classifyRow decodes canonical ones', () => {
    fc.assert(
      fc.property(rowsInDress, ({ layout, text, canonical }) => {
        const bytes = Buffer.from(text, 'latin1');
        block.clear();
        block.text.set(bytes);
        useLayout(block.kernel, layout);
        const end = decodeRows(block, 0, bytes.length);
        assert.equal(end, bytes.length, `not understood: ${JSON.stringify(text.slice(end).split('\n')[0])}`);
        const expected = canonical.map((line) => {
          const code = classifyRow(Buffer.from(line), 0, line.length, block.wires);
          return { code, orbit: code <= rowCode.scintillator ? parsedFields.whole[3] : undefined };
        });
        const found = Array.from(block.keys.subarray(0, block.rows), (key, row) => {
          const code = codeOfKey(key);
          return { code, orbit: code <= rowCode.scintillator ? block.orbits[row] : undefined };
        });
        assert.deepEqual(found, expected);
        assert.equal(block.lines, canonical.length);
      }),
      { numRuns: casesOf(2000) },
    );
  });

  it('judges long and odd lines as the model does', () => {
    const long = 'x'.repeat(70);
    const lines = [
      ['blanks', `${long} "2" 0 1 5 6 7`], ['blanks', `${long} "2"0 1 5 6 7`], ['blanks', `${long} 2 0 1 5 6`],
      ['blanks', `"${long}"2 0 1 5 6 7`], [';', `"${long}""";2;0;1;5;6;7`], [';', `"${long}"";2;0;1;5;6;7`],
      [';', `${long};2;0;1;-2147483648;6;7`], [';', `${long};2;0;1;-2147483649;6;7`], [';', `${long};2;0;1;-5.5;6;7`],
      [';', `${long};2;0;1;4294967295.0e0;6;31.9`], [';', `${long};2;0;1;4294967296e0;6;7`], [';', `${long};2;0;1;5;6;32e0`],
      [';', `${long};2;0;1;5;6;7;`], [';', `${long};2;0;1;1e19;6;7`], [';', `${long};2e0;-0;1;5;6;-0.5`],
    ] as const; // prettier-ignore
    const reading = { ...plainReading, signedOrbits: true };
    const base = { hasQuotes: true, moreField: 'none', hasManyCr: false, reading } as const;
    for (const [delimiter, line] of lines) {
      const names = ['note', ...csvHeader.split(',')];
      const layout = layoutOfSpec({ delimiter, names, isQuoted: false, isComment: false, isLowerCase: false }, base);
      decode(`${line}\n`, layout);
      assert.deepEqual(decodedRows(), rowsOfLayout(`${line}\n`, modelLayout(layout)).rows, line);
    }
  });

  it('says the layout in force at the end, and gives back the same where nothing has changed', () => {
    fc.assert(
      fc.property(layoutSpec, layoutSpec, (one, other) => {
        const layout = layoutOfSpec(one, canonicalLayout);
        assert.equal(decode(`2,0\n${headerText(one)}\n`, layout), layout);
        assert.deepEqual(decode(`${headerText(other)}\r\n`, layout), layoutOfSpec(other, layout));
      }),
    );
    assert.equal(decode(`${csvHeader}\n2,0,1,5,6,7\n ${csvHeader}\n`, canonicalLayout), canonicalLayout);
  });

  it('counts rows that only a signed orbit keeps from being hits', () => {
    const text = [
      '2,0,1,-5,6,7', '2,0,1,-2147483648,6,7', '2,0,1,-2147483649,6,7', '2,0,1,-5.5,6,7', '2,9,1,-5,6,7',
      '1,0,1,-5,6,7', '2,0,1,-0,6,7', '2,0,1,-1,6,7', '2,0,1,-1.0,6,7', '2,0,1,-5,6,-7', '2,0,1,-5,6,40', '2,0,1,-5e0,6,7',
    ].join('\n'); // prettier-ignore
    decode(`${text}\n`, canonicalLayout);
    assert.equal(block.signedOrbits, 3);
    const reading = { ...plainReading, signedOrbits: true };
    decode(`${text}\n`, { ...canonicalLayout, hasQuotes: true, reading });
    assert.equal(block.signedOrbits, 0);
    assert.deepEqual([...block.orbits.subarray(0, 2)], [4_294_967_291, 2_147_483_648]);
  });

  it('ends a line with the hole in it, in any layout: the rest is a line of its own', () => {
    const holes = fc.constantFrom('', '', '\0', '\0\0', '\0'.repeat(90), '\0'.repeat(5000));
    fc.assert(
      fc.property(
        fc
          .tuple(layoutSpec, bases)
          .chain(([spec, base]) => fc.tuple(fc.constant(layoutOfSpec(spec, base)), layoutText(spec))),
        fc.array(fc.tuple(fc.nat(400), holes), { maxLength: 4 }),
        ([layout, plain], places) => {
          const text = places.reduce((all, [at, hole]) => all.slice(0, at) + hole + all.slice(at), plain);
          const ended = text.endsWith('\n') ? text : `${text}\n`;
          decode(ended, layout);
          const lines = ended.replaceAll(/\0{2,}/g, (hole) => `${hole.slice(0, holeKeptMax)}\n`);
          assert.deepEqual(decodedRows(), rowsOfLayout(lines, modelLayout(layout)).rows);
        },
      ),
    );
  });

  it('keeps 4096 bytes of a hole, and goes on with the next row on the same line', () => {
    decode(`2,0,1,7,3,4\n2,0,7${'\0'.repeat(9000)}2,0,1,8,3,4\n${'\0'.repeat(2)}\r\n2,0,1,9,3,4\n`, canonicalLayout);
    assert.deepEqual(
      rejectedRows().map(([row, line, { length }]) => [row, line, length]),
      [[1, 1, 5 + 4096], [3, 2, 2]],
    ); // prettier-ignore
    assert.deepEqual([block.rows, block.lines], [5, 4]);
  });

  it('takes one zero byte for a wrong byte of its line', () => {
    decode('2,0,\x001,7,3,4\n2,0,1,8,3,4\n', canonicalLayout);
    assert.deepEqual(
      decodedRows().map(({ kind }) => kind),
      ['rejected', 'hit'],
    );
  });
});
