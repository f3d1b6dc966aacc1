import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalLayout, type CsvLayout } from '../../../src/domain/csv-layout.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { csvHeader } from '../../../src/domain/hit.js';
import { plainReading } from '../../../src/domain/text-reading.js';
import { CanonicalReader } from '../../../src/sources/csv/canonical-reader.js';
import { rowsOfText } from '../../model/classify.js';
import { bases, headerText, layoutOfSpec, layoutSpec, layoutText, modelLayout } from '../../model/layout-arbitrary.js';
import { rowsOfLayout } from '../../model/layout-model.js';
import { canonicalLines, openCanonical } from './canonical.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll, readUntilEnd } from '../read-all.js';
import { casesOf } from '../../helpers/random/cases-of.js';

const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
const reordered = 'TDC_MEAS;BX_COUNTER;ORBIT_CNT;TDC_CHANNEL;FPGA;HEAD';

function readerOf(text: string, layout: CsvLayout, pieces?: readonly number[]): CanonicalReader {
  const place = { name: 'run.csv', line: 1, warn: (): void => undefined };
  return new CanonicalReader(new MemoryReader(Buffer.from(text, 'latin1'), pieces), layout, place);
}

describe('CanonicalReader', () => {
  test('gives each line as a canonical one of the same fate, whatever the layout and the sizes of reads', async () => {
    const input = fc
      .tuple(layoutSpec, bases)
      .chain(([spec, base]) => fc.tuple(fc.constant(layoutOfSpec(spec, base)), layoutText(spec)));
    await fc.assert(
      fc.asyncProperty(input, sizes, sizes, async ([layout, text], pieces, targets) => {
        const lines = (await readAll(readerOf(text, layout, pieces), targets)).toString('latin1');
        assert.deepEqual(rowsOfText(lines, defaultGeometry), rowsOfLayout(text, modelLayout(layout)).rows, lines);
      }),
      { numRuns: casesOf(1000) },
    );
  });

  test('lets canonical lines through byte by byte, up to a header that says otherwise', async () => {
    const canonical = layoutText({ delimiter: ',', names: csvHeader.split(','), isQuoted: false, isComment: false, isLowerCase: false });
    await fc.assert(
      fc.asyncProperty(canonical, sizes, sizes, async (text, pieces, targets) => {
        const reader = readerOf(text, canonicalLayout, pieces);
        const out = (await readAll(reader, targets)).toString('latin1');
        if (reader.givesOwnBytes) assert.equal(out, text);
        const { rows } = rowsOfLayout(text, modelLayout(canonicalLayout));
        assert.deepEqual(rowsOfText(out, defaultGeometry), rows);
      }),
      { numRuns: casesOf(300) },
    );
  }); // prettier-ignore

  test('takes off quotes, and leaves numbers as they are written', async () => {
    assert.deepEqual(await canonicalLines(`${reordered}\n"3" ; "4";5;"6";7; "8" \n`), ['8,7,6,5,4,3']);
    const row = '3.50;+4;5e0;006;"7";8.0';
    assert.deepEqual(await canonicalLines(`${reordered}\n${row}\n`), ['8.0,7,006,5e0,+4,3.50']);
  });

  test('keeps quoted fields apart between blanks', async () => {
    const text =
      '  HEAD FPGA  "TDC_CHANNEL"\tORBIT_CNT BX_COUNTER TDC_MEAS\n  2 0  "5"\t\t100 200 3  \n\n2 0 5 100 200 ""\n"2 0" 0 5 1 1 1\n';
    assert.deepEqual(await canonicalLines(text), ['2,0,5,100,200,3', '2,0,5,100,200,', '2 0,0,5,1,1,1']);
  });

  test('never makes six fields of a record that has not as many as its header', async () => {
    const rows = ['2;0;5;100;200;3', '2;0;5;100;200;3;1;1', '2', '""', ';', '"a;b;c;d;e;f"', '2,0,5,100,200,3', '"2,0,5,100,200,3"'];
    const lines = await canonicalLines([`${csvHeader};time`.replaceAll(',', ';'), ...rows].join('\n'));
    assert.equal(lines.length, rows.length);
    for (const line of lines) assert.ok(line.split(',').length !== 6 && line.trim() !== '', line);
  }); // prettier-ignore

  test('lets a comma or CR inside a field spoil that field only', async () => {
    assert.deepEqual(await canonicalLines(`${reordered}\n3,5;"1,2";"1\r2";"6,";7;8\n`), ['8,7,6;,1;2,1;2,3;5']);
  });

  test('loses one row to a quote or to stray bytes, and none of those after it', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => `3;4;${row};6;7;8`);
    const expected = rows.map((_, row) => `8,7,6,${row},4,3`);
    for (const broken of ['"3;4;5;6;7;8', '3;4;5;"6;7;8', '3;4;5;6;7;"8', '3;"4;5;6;7;8"9', '\xff"\0;4;5;6;7;8']) {
      const text = [reordered, ...rows.slice(0, 70), broken, ...rows.slice(70)].join('\n');
      const lines = await canonicalLines(text);
      assert.deepEqual(lines.toSpliced(70, 1), expected, broken);
      assert.equal(rowsOfText(lines[70], defaultGeometry)[0].kind, 'rejected', broken);
    }
  });

  test('obeys a header of other columns further on, and takes the same one for none', async () => {
    const text = `${csvHeader}\n2,0,1,5,6,7\n${csvHeader}\n${reordered}\n7;6;5;2;0;2\n${reordered}\n7;6;5;3;0;2\n\xef\xbb\xbf# ${csvHeader}\n2,0,4,5,6,7\n`;
    for (const pieces of [[1], [7, 40], [1000]]) {
      const { reader } = await openCanonical(text, { pieces });
      const out = (await readAll(reader)).toString();
      assert.equal(out, `${csvHeader}\n2,0,1,5,6,7\n${csvHeader}\n2,0,2,5,6,7\n2,0,3,5,6,7\n2,0,4,5,6,7\n`);
      assert.equal(reader.givesOwnBytes, false);
    }
  });

  test('gives no row for a canonical header that has a mark or the sign of a comment', async () => {
    for (const header of [`# ${csvHeader}`, `\xef\xbb\xbf${csvHeader}`, `"${csvHeader.replaceAll(',', '","')}"`]) {
      const text = `2,0,1,5,6,7\n${header}\n2,0,2,5,6,7\n`;
      assert.deepEqual(await canonicalLines(text), ['2,0,1,5,6,7', '2,0,2,5,6,7'], header);
    }
    // A CR is no blank.
    assert.deepEqual(await canonicalLines(`2,0,1,5,6,7\n\r${csvHeader}\n`), ['2,0,1,5,6,7', `\r${csvHeader}`]);
  });

  test('changes numbers as the flags say, exactly', async () => {
    const reading = { head: 1, channelOffset: -1, tdcOffset: 1, signedOrbits: true };
    const cases = [
      ['1,0,1,-1,6,0', '2,0,0,4294967295,6,1'],
      ['2,0,1,5,6,-9', '1,0,0,5,6,-8'],
      ['1.0,0,64.0e0,-2147483648,6,30.25', '2,0,63,2147483648,6,31.25'],
      ['1,0,0,-2147483649,6,-0.25', '2,0,-1,-2147483649,6,0.75'],
      ['3,0,0.5,-1.5,6,1e-50', `3,0,0.5,-1.5,6,1.${'0'.repeat(40)}1`],
      ['1,0,1e400,5,6,-1.125e1', '2,0,1e400,5,6,-10.25'],
      ['x,0,1,5,6,0', 'x,0,1,5,6,0'],
    ];
    for (const [line, expected] of cases) assert.deepEqual(await canonicalLines(line, { reading }), [expected], line);
    assert.deepEqual(await canonicalLines('"2",0,1,5,6,0.50', { reading: { ...plainReading, head: 2 } }), ['2,0,1,5,6,0.50']);
  }); // prettier-ignore

  test('says at the end how many rows have a signed orbit', async () => {
    const rows = '2,0,1,-5,6,7\n2,0,1,5,6,7\n1,0,1,-5,6,7\n2,0,1,-5,6,-7\n-2,0,1,-5,6,7\n2,0,1, -2147483648,6,7\n';
    for (const text of [rows, `# ${csvHeader}\n${rows}`, `${csvHeader.replaceAll(',', ';')}\n${rows.replaceAll(',', ';')}`]) {
      const { reader, warnings } = await openCanonical(text, { pieces: [5] });
      await readAll(reader);
      assert.deepEqual(warnings, [
        'run.csv: 2 rows have a negative ORBIT_CNT, like a counter printed as a signed 32-bit number: use --signed-orbits',
      ]);
    }
  }); // prettier-ignore

  test('gives a long canonical line as it comes, and refuses another that does not end', async () => {
    const long = `2,0,1,5,6,${'0'.repeat(3 << 20)}7\n`;
    const rows = `${long}2,0,1,5,6,7\n`;
    assert.equal((await readAll(readerOf(rows, canonicalLayout, [50_000]))).toString(), rows);
    const text = `${reordered}\n1;1;1;1;1;1\n${'2;'.repeat(2 << 20)}`;
    const { reader } = await openCanonical(text, { pieces: [60_000] });
    const { bytes, failure } = await readUntilEnd(reader);
    assert.equal(bytes.toString(), '1,1,1,1,1,1\n');
    assert.match(String(failure), /DtstreamError: cannot read run\.csv: line 3: a line must be shorter than 1048576 bytes$/);
    const longest = `3;4;5;6;7;${'0'.repeat(1_000_000)}8`;
    assert.equal((await canonicalLines(`${reordered}\n${longest}\n${longest}\n`)).length, 2);
  }); // prettier-ignore

  test('gives the lines before a failure of the reader below', async () => {
    const inner = new MemoryReader(`${reordered}\n1;1;1;1;1;1\n2;2`, [20], new Error('broken'));
    const { reader } = await openCanonical(inner);
    const { bytes, failure } = await readUntilEnd(reader);
    assert.equal(bytes.toString(), '1,1,1,1,1,1\n');
    assert.match(String(failure), /broken/);
  });

  test('takes a header for one wherever blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(layoutSpec, fc.integer({ min: 60_000, max: 70_000 }), async (spec, bytes) => {
        const filler = '2,0,1,5,6,7\n'.repeat(Math.floor(bytes / 12));
        const layout = layoutOfSpec(spec, canonicalLayout);
        const own: Record<string, string> = { HEAD: '2', FPGA: '0', TDC_CHANNEL: '1', ORBIT_CNT: '9', BX_COUNTER: '8', TDC_MEAS: '7' };
        const between = spec.delimiter === 'blanks' ? ' ' : spec.delimiter;
        const row = spec.names.map((name) => own[name] ?? '0').join(between);
        const pad = ' '.repeat(bytes % 12);
        const text = `${filler}${pad}\n${headerText(spec)}\n${row}\n`;
        const out = (await readAll(readerOf(text, canonicalLayout))).toString();
        const isSame = layout.delimiter === ',' && headerText(spec).toUpperCase() === csvHeader;
        assert.ok(out.endsWith(isSame ? text.slice(-40) : '2,0,1,9,8,7\n'), out.slice(-100));
      }),
      { numRuns: 60 },
    );
  }); // prettier-ignore
});
