import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Summary } from '../../../src/domain/batch-message.js';
import { csvHeader, hitFields } from '../../../src/domain/hit.js';
import { runCli, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';

const rowCount = 300;
const order = [5, 4, 3, 2, 1, 0];
const reordered = order.map((field) => hitFields[field]).join(';');
const semicolons = (row: string): string => row.replaceAll(',', ';');
const inOtherOrder = (row: string): string => order.map((field) => row.split(',')[field]).join(';');
const asSigned = (row: string): string =>
  row.split(',').map((field, index) => (index === 3 ? String(Number(field) | 0) : field)).join(','); // prettier-ignore
/** As an older unpacker writes a hit, and something else as it is. */
const asUnpacked = (row: string): string => {
  const [head, fpga, channel, orbit, bx, tdc] = row.split(',').map(Number);
  return [head === 2 ? 1 : head === 1 ? 2 : head, fpga, channel + 1, orbit, bx, tdc - 1].join(',');
};
const inExponents = (row: string): string =>
  row
    .split(',')
    .map((field) => Number(field).toExponential(18))
    .join(' ');
const numbered = (rows: readonly string[]): string[] =>
  rows.map((row, index) => `${index + 1} ${row.replaceAll(',', ' ')}`);

/** The same rows in other dress: text, flags, what stderr says, and how many rows more are rejected. */
interface Dressed {
  readonly what: string;
  readonly text: (rows: readonly string[]) => string;
  readonly flags?: readonly string[];
  readonly said?: RegExp;
  readonly rejected?: number;
}

const lines = (...parts: readonly (string | readonly string[])[]): string => `${parts.flat().join('\n')}\n`;

const dressed: readonly Dressed[] = [
  {
    what: 'lines before a header with other column order',
    text: (rows) => lines('Run 591, Legnaro', '# FPGA 0 and 1', '', '2;0', reordered, rows.map(inOtherOrder)),
    said: /: skipped 3 lines before the header, the first is "Run 591, Legnaro"\n/,
  },
  {
    what: 'two files with different columns, one after the other',
    text: (rows) => lines(csvHeader, rows.slice(0, 100), reordered, rows.slice(100).map(inOtherOrder)),
  },
  {
    what: 'the same the other way round, with a byte-order mark between them',
    text: (rows) => lines(reordered, rows.slice(0, 100).map(inOtherOrder), `\ufeff${csvHeader}`, rows.slice(100)),
  },
  { what: 'a cut first line', text: (rows) => lines('0;200;3', rows.map(semicolons)), rejected: 1 },
  {
    what: 'what savetxt of numpy writes',
    text: (rows) => lines(`# ${hitFields.join(' ')}`, rows.map(inExponents)),
  },
  { what: 'signs', text: (rows) => lines(csvHeader, rows.map((row) => row.replace(/,(?=\d)/g, ',+'))) },
  { what: 'CR CR LF', text: (rows) => lines(csvHeader, rows).replaceAll('\n', '\r\r\n') },
  { what: 'CR only', text: (rows) => lines(csvHeader, rows).replaceAll('\n', '\r') },
  { what: 'a delimiter at the end of rows', text: (rows) => lines(csvHeader, rows.map((row) => `${row},`)) },
  {
    what: 'names of rows, as R writes them',
    text: (rows) => lines(hitFields.map((name) => `"${name}"`).join(' '), numbered(rows).map((row) => row.replace(/^\d+/, '"$&"'))),
  },
  { what: 'numbers of rows', text: (rows) => lines(hitFields.join(' '), numbered(rows)) },
  { what: 'signed orbits', text: (rows) => lines(csvHeader, rows.map(asSigned)), flags: ['--signed-orbits'] },
  {
    what: 'the conventions of an older unpacker',
    text: (rows) => lines(csvHeader, rows.map(asUnpacked)),
    flags: ['--head', '1', '--channel-offset', '-1', '--tdc-offset', '1'],
  },
  {
    what: 'a quote and stray bytes among semicolons',
    text: (rows) => lines(semicolons(csvHeader), rows.slice(0, 70).map(semicolons), '2;0;"5;1;1;1', '\u0001\u0002', rows.slice(70).map(semicolons)),
    rejected: 2,
  },
]; // prettier-ignore

describe('text in any layout', () => {
  let rows: readonly string[] = [];
  let expected: Summary;
  before(async () => {
    const bytes = await readAll(
      openSimulator({ rows: rowCount, seed: 5, startOrbit: 2 ** 31 - 40, malformedShare: 0 }),
    );
    rows = Buffer.from(bytes).toString().trim().split('\n').slice(1);
    assert.equal(rows.length, rowCount);
    const result = await runCli(['process', '-', '--summary'], { stdin: bytes });
    expected = summaryOf(result);
    assert.ok(expected.hit_count > 200);
  });

  for (const { what, text, flags = [], said, rejected = 0 } of dressed) {
    it(`is read as the same rows: ${what}`, async (t) => {
      const folder = tempFolder(t, { 'run.csv': text(rows) });
      const direct = await runCommand(['process', 'run.csv', '--summary', ...flags], { cwd: folder });
      assert.equal(direct.code, 0, direct.stderr);
      const { ledger, ...sums } = summaryOf(direct);
      const { ledger: expectedLedger, ...expectedSums } = expected;
      assert.deepEqual(sums, expectedSums);
      assert.equal(ledger.rows_read, expectedLedger.rows_read + rejected);
      assert.equal(ledger.rejected.fields + ledger.rejected.number, rejected);
      const others = direct.stderr.replace(/^dtstream: run\.csv: \d+ of \d+ rows rejected [^\n]+\n/m, '');
        assert.match(others, said ?? /^$/);

      const produced = await runCommand(['produce', 'run.csv', '--rate', 'max', '--partitions', '1', ...flags], { cwd: folder });
      assert.equal(produced.code, 0, produced.stderr);
      if (said !== undefined) assert.match(produced.stderr, said);
      const processed = await runCommand(['process', '--until-end', '--quiet'], { cwd: folder });
      assert.equal(processed.code, 0, processed.stderr);
      const verified = await runCommand(['verify'], { cwd: folder });
      assert.match(verified.stdout, new RegExp(`^equal over ${(rowCount + rejected).toLocaleString('en-US')} rows`));
      const watched = await runCommand(['watch', '--json', '--until-end'], { cwd: folder });
      const counts = watched.stdout.trim().split('\n').map((line) => (JSON.parse(line) as { hit_count: number }).hit_count);
      assert.equal(counts.reduce((sum, count) => sum + count, 0), expected.hit_count);
    });
  } // prettier-ignore

  it('keeps rejected rows with the line and the bytes of the file', async (t) => {
    const bad = ['"x";1;2;3;4;5;n', '3;4;"5;6', '1;2;3;4;5;9;"a;b"'];
    const header = `${reordered};note`;
    const good = `7;6;5;1;0;2;"a;b"`;
    const text = ['title', '', header, good, bad[0], '', good, bad[1], reordered, bad[2], ''].join('\r\n');
    const folder = tempFolder(t, { 'run.csv': text });
    const result = await runCommand(['process', 'run.csv', '--summary', '--rejected', 'rejected.ndjson'], { cwd: folder });
    assert.equal(result.code, 0, result.stderr);
    const kept = readFileSync(join(folder, 'rejected.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(kept, [
      { source: 'run.csv', line: 5, reason: 'number', row: bad[0] },
      { source: 'run.csv', line: 8, reason: 'fields', row: bad[1] },
      { source: 'run.csv', line: 10, reason: 'fields', row: bad[2] },
    ]);
  }); // prettier-ignore

  it('says how many rows have a signed orbit, directly and on the way to a log', async (t) => {
    const folder = tempFolder(t, { 'run.csv': lines(csvHeader, rows.map(asSigned)), 'semi.csv': lines(semicolons(csvHeader), rows.map(asSigned).map(semicolons)) });
    for (const file of ['run.csv', 'semi.csv']) {
      for (const args of [['process', file, '--summary'], ['produce', file, '--rate', 'max', '--topic', file]]) {
        const { stderr, code } = await runCommand([...args, '--quiet'], { cwd: folder });
        assert.equal(code, 0, stderr);
        assert.match(stderr, new RegExp(`^dtstream: ${file}: [^\\n]*\\b\\d+ rows have a negative ORBIT_CNT, like a counter printed as a signed 32-bit number: use --signed-orbits$`, 'm'));
      }
    }
  }); // prettier-ignore

  it('refuses flags about text where there is none', async (t) => {
    const folder = tempFolder(t, { 'run.dat': Buffer.alloc(16) });
    for (const [args, code, line] of [
      [['process', 'run.dat', '--signed-orbits'], 1, /run\.dat: these are DAQ words, and --head, /],
      [['produce', 'run.dat', '--tdc-offset', '1'], 1, /run\.dat: these are DAQ words, and --head, /],
      [['produce', '--head', '1', '--limit', '1'], 2, /--head needs an input/],
      [['process', '--signed-orbits'], 2, /--signed-orbits needs an input/],
      [['process', 'run.dat', '--channel-offset', '1.5'], 2, /--channel-offset must be a whole number from -511 to 511, got 1\.5/],
    ] as const) {
      const result = await runCommand(args, { cwd: folder });
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, line);
    }
  }); // prettier-ignore
});
