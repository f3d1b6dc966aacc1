import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { csvHeader } from '../../../src/domain/hit.js';
import { assertFails, runCli, runCommand, startCommand, summaryOf } from '../../helpers/program/cli.js';
import { someHits, wordsOf } from '../../sources/words/hit-words.js';
import { tempFolder, tempPipe } from '../../sources/temp-folder.js';

const words = wordsOf(someHits(3000));
/** A hit, ancillary rows, one out of range, and a malformed one. */
const rows = ['2,0,72,4294967295,279,18', '3,1,5,12,18504,-9', '0,0,1,13,7,3.5', '2,9,1,5,3,4', '2,0,1'];
const text = `${csvHeader}\n${rows.join('\n')}\n`;

/** Runs in the folder and returns what is said. */
async function convert(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['convert', ...args], { cwd });
  assert.deepEqual([code, stdout], [0, ''], stderr);
  return stderr;
}

describe('dtstream convert', { concurrency: 2 }, () => {
  test('writes words as Parquet, CSV and packed, and each of them as words again', async (t) => {
    const cwd = tempFolder(t, { 'run.dat': words });
    for (const [index, name] of ['run.parquet', 'run.csv', 'run.csv.gz', 'run.dat.gz', 'RUN.PARQUET'].entries()) {
      const said = await convert(cwd, 'run.dat', '--out', name);
      assert.equal(said, `dtstream: read 3,000 rows: 3,000 rows in ${name}\n`);
      assert.equal(await convert(cwd, name, '--out', `back-${index}.dat`, '--quiet'), '');
      assert.ok(words.equals(readFileSync(join(cwd, `back-${index}.dat`))), name);
    }
    assert.deepEqual(gunzipSync(readFileSync(join(cwd, 'run.csv.gz'))), readFileSync(join(cwd, 'run.csv')));
  });

  test('puts what the format does not hold into a second file, with one warning', async (t) => {
    const cwd = tempFolder(t, { 'run.csv': text });
    assert.equal(
      await convert(cwd, 'run.csv', '--out', 'run.dat'),
      `dtstream: 4 rows are not in words but in run.dat.rest.csv; the first is row 2 of run.csv: BX_COUNTER in words must be a whole number from 0 to 4095, got 18504
dtstream: read 5 rows: 1 row in run.dat, 4 in run.dat.rest.csv\n`,
    );
    assert.equal(readFileSync(join(cwd, 'run.dat.rest.csv'), 'utf8'), `${csvHeader}\n${rows.slice(1).join('\n')}\n`);
    assert.equal(readFileSync(join(cwd, 'run.dat')).length, 8);
    assert.equal(
      await convert(cwd, 'run.csv', '--out', 'run.parquet', '--quiet'),
      'dtstream: 1 row is not in Parquet but in run.parquet.rest.csv; the first is row 5 of run.csv: 3 fields, must be 6\n',
    );
    await convert(cwd, 'run.parquet', 'run.parquet.rest.csv', '--out', 'back.csv', '--quiet');
    assert.equal(readFileSync(join(cwd, 'back.csv'), 'utf8'), `${csvHeader}\n${rows.slice(0, 4).join('\n')}\n`);
    assert.equal(readFileSync(join(cwd, 'back.csv.rest.csv'), 'utf8'), `${csvHeader}\n2,0,1\n`);
  });

  test('puts several files, a glob, a folder and standard input into one file, in their order', async (t) => {
    const parts = { 'in/data_2.dat': words.subarray(800, 1600), 'in/data_10.csv': `${csvHeader}\n2,0,5,9,9,9\n` };
    const cwd = tempFolder(t, { ...parts, 'first.dat.gz': gzipSync(words.subarray(0, 800)) });
    const all = Buffer.concat([words.subarray(0, 1600), wordsOf([{ head: 2, fpga: 0, tdcChannel: 5, orbitCnt: 9, bxCounter: 9, tdcMeas: 9 }])]); // prettier-ignore
    for (const [index, inputs] of [['first.dat.gz', 'in'], ['first.dat.gz', 'in/*_*'], ['first.dat.gz', 'in/data_2.dat', 'in/data_10.csv']].entries()) {
      await convert(cwd, ...inputs, '--out', `all-${index}.dat`);
      assert.ok(all.equals(readFileSync(join(cwd, `all-${index}.dat`))), inputs.join(' '));
    } // prettier-ignore
    const piped = await runCli(['convert', '-', '--to', 'dat', '--out', 'piped'], { cwd, stdin: words });
    assert.equal(piped.stderr, 'dtstream: read 3,000 rows: 3,000 rows in piped\n');
    assert.ok(words.equals(readFileSync(join(cwd, 'piped'))));
  });

  test('reads text with other columns and conventions', async (t) => {
    const cwd = tempFolder(t, { 'old.txt': 'TDC_MEAS;HEAD;FPGA;TDC_CHANNEL;ORBIT_CNT;BX_COUNTER\n17;1;0;73;-2;279\n' });
    const flags = ['--head', '1', '--channel-offset', '-1', '--tdc-offset', '1', '--signed-orbits'];
    for (const name of ['new.csv', 'new.parquet', 'new.dat']) {
      await convert(cwd, 'old.txt', ...flags, '--out', name);
      await convert(cwd, name, '--out', `${name}.csv`);
      assert.equal(readFileSync(join(cwd, `${name}.csv`), 'utf8'), `${csvHeader}\n2,0,72,4294967294,279,18\n`);
    }
    // Parquet that was made of such text by another program has its conventions.
    await convert(cwd, 'old.txt', '--out', 'old.parquet');
    await convert(cwd, 'old.parquet', ...flags, '--out', 'read.csv');
    assert.equal(readFileSync(join(cwd, 'read.csv'), 'utf8'), `${csvHeader}\n2,0,72,4294967294,279,18\n`);
  });

  test('takes the format from --to, whatever the name', async (t) => {
    const cwd = tempFolder(t, { 'run.dat': words });
    await convert(cwd, 'run.dat', '--out', 'plain.txt', '--to', 'csv');
    await convert(cwd, 'run.dat', '--out', 'table', '--to', 'parquet');
    assert.equal(readFileSync(join(cwd, 'table')).toString('latin1', 0, 4), 'PAR1');
    await convert(cwd, 'table', '--out', 'again.csv');
    assert.deepEqual(readFileSync(join(cwd, 'again.csv')), readFileSync(join(cwd, 'plain.txt')));
  });

  test('replaces a file only with --force, through a link what it leads to, and never an input', async (t) => {
    const cwd = tempFolder(t, { 'run.dat': words, 'notes.csv': 'mine\n', 'empty.csv': '', 'made.dat.rest.csv': 'mine\n' });
    symlinkSync('run.dat', join(cwd, 'link.dat'));
    linkSync(join(cwd, 'run.dat'), join(cwd, 'hard.dat'));
    symlinkSync('notes.csv', join(cwd, 'link.csv'));
    const fails = async (message: RegExp, ...args: readonly string[]): Promise<void> => {
      assertFails(await runCommand(['convert', ...args], { cwd }), 2, message);
    };
    for (const name of ['run.dat', 'link.dat', 'hard.dat', './run.dat']) {
      await fails(/: --out must not name an input, got /, 'run.dat', '--out', name, '--force');
    }
    await fails(/: --out must name a new or empty file, got notes\.csv; use --force/, 'run.dat', '--out', 'notes.csv');
    await fails(/: the rest of --out must name a new or empty file, got made\.dat\.rest\.csv; use --force/, 'run.dat', '--out', 'made.dat');
    await fails(/: the rest of --out must not name an input, got made\.dat\.rest\.csv/, 'made.dat.rest.csv', '--out', 'made.dat', '--force');
    assert.ok(words.equals(readFileSync(join(cwd, 'run.dat'))));
    await convert(cwd, 'run.dat', '--out', 'made.dat', '--force');
    assert.ok(!readdirSync(cwd).includes('made.dat.rest.csv'), 'the rest of an earlier run is not that of this one');
    await convert(cwd, 'run.dat', '--out', 'empty.csv');
    await convert(cwd, 'run.dat', '--out', 'link.csv', '--force');
    assert.deepEqual(readFileSync(join(cwd, 'notes.csv')), readFileSync(join(cwd, 'empty.csv')));
    assert.deepEqual(readdirSync(cwd).filter((name) => name.endsWith('.tmp')), []);
  }); // prettier-ignore

  test('refuses what it cannot write, in one line', async (t) => {
    const cwd = tempFolder(t, { 'run.dat': words });
    mkdirSync(join(cwd, 'folder.csv'));
    symlinkSync(tempPipe(t), join(cwd, 'pipe.csv'));
    for (const [out, message, code] of [
      ['run.root', /: --out must end in \.csv, \.dat, \.parquet, \.csv\.gz or \.dat\.gz, or --to must say the format, got run\.root\n/, 2],
      ['run.csv.zst', /: Zstandard is read, but not written: --out may end in \.gz, got run\.csv\.zst\n/, 2],
      ['run.parquet.gz', /: Parquet is not packed once more: --out must not end in \.gz, got run\.parquet\.gz\n/, 2],
      ['folder.csv', /: --out must name a file, got a directory: folder\.csv\n/, 2],
      ['pipe.csv', /: --out must name a file, got a pipe or a device: pipe\.csv\n/, 2],
      ['gone/run.csv', /: cannot write gone\/run\.csv: no such file or directory\n/, 1],
    ] as const) {
      assertFails(await runCommand(['convert', 'run.dat', '--out', out], { cwd }), code, message);
    }
    assertFails(await runCommand(['convert', 'run.dat'], { cwd }), 2, /required option '--out <file>' not specified/);
    assert.deepEqual(readdirSync(cwd).sort(), ['folder.csv', 'pipe.csv', 'run.dat']);
  }); // prettier-ignore

  test('leaves nothing behind when an input fails, or on Ctrl-C', async (t) => {
    const packed = gzipSync(Buffer.from(`${csvHeader}\n${'2,0,1\n'.repeat(50_000)}`));
    const cwd = tempFolder(t, { 'cut.csv.gz': packed.subarray(0, packed.length - 20) });
    const failed = await runCommand(['convert', 'cut.csv.gz', '--out', 'run.parquet'], { cwd });
    assertFails(failed, 1, /cannot read cut\.csv\.gz: .*cut off/);
    const pipe = tempPipe(t);
    const running = startCommand(['convert', pipe, '--out', 'run.csv'], { cwd });
    const isOpen = (): boolean => readdirSync(cwd).some((name) => /^run\.csv\.\d+\.tmp$/.test(name));
    while (!isOpen()) await setTimeout(10);
    running.signal('SIGINT');
    const stopped = await running.result();
    assert.equal(stopped.code, 1);
    assert.match(stopped.stderr, /dtstream: interrupted: run\.csv was not written\n$/);
    assert.deepEqual(readdirSync(cwd), ['cut.csv.gz']);
  });

  test('warns of inputs without a row, and writes an empty file', async (t) => {
    const cwd = tempFolder(t, { 'none.csv': `${csvHeader}\n` });
    for (const name of ['none.parquet', 'none.dat', 'other.csv']) {
      const said = await convert(cwd, 'none.csv', '--out', name);
      assert.equal(said, `dtstream: the inputs have no rows\ndtstream: read 0 rows: 0 rows in ${name}\n`);
    }
    const again = await convert(cwd, 'none.parquet', '--out', 'again.csv');
    assert.match(again, /read 0 rows/);
  });
});

describe('a Parquet file as an input', { concurrency: 2 }, () => {
  async function inBoth(t: TestContext): Promise<string> {
    const cwd = tempFolder(t, { 'run.dat': words, 'rows.csv': text });
    await convert(cwd, 'run.dat', 'rows.csv', '--out', 'run.csv', '--quiet');
    await convert(cwd, 'run.csv', '--out', 'run.parquet', '--quiet');
    return cwd;
  }

  test('is processed as the same rows in CSV are', async (t) => {
    const cwd = await inBoth(t);
    const [fromText, fromParquet] = await Promise.all(
      ['run.csv', 'run.parquet'].map((name) => runCommand(['process', name, '--summary', '--threads', '2'], { cwd })),
    );
    const expected = summaryOf(fromText);
    assert.equal(expected.ledger.rows_read, 3004);
    assert.deepEqual(summaryOf(fromParquet), expected);
    assert.match(fromParquet.stderr, /run\.parquet: 1 of 3,004 rows rejected \(1 value out of range\)/);
  });

  test('is produced, also with --resume, and surveyed by doctor', async (t) => {
    const cwd = await inBoth(t);
    for (const flags of [['--limit', '1000'], ['--resume']]) {
      const produced = await runCommand(['produce', 'run.parquet', '--rate', 'max', ...flags], { cwd });
      assert.equal(produced.code, 0, produced.stderr);
    }
    const processed = await runCommand(['process', '--until-end', '--threads', '2', '--quiet'], { cwd });
    assert.equal(processed.code, 0, processed.stderr);
    const verified = await runCommand(['verify'], { cwd });
    assert.match(verified.stdout + verified.stderr, /equal over 3,004 rows/);
    const surveyed = await runCommand(['doctor', 'run.parquet'], { cwd });
    assert.match(surveyed.stdout, /3,004 rows/);
  });

  test('must be a file: a pipe, packed Parquet and a followed file are refused with advice', async (t) => {
    const cwd = await inBoth(t);
    const bytes = readFileSync(join(cwd, 'run.parquet'));
    writeFileSync(join(cwd, 'run.parquet.gz'), gzipSync(bytes));
    const piped = await runCli(['process', '-', '--summary'], { cwd, stdin: bytes });
    assert.match(piped.stderr, /cannot read stdin: this is Parquet, which is read from its end: save it as a file, and name that/);
    const packed = await runCommand(['process', 'run.parquet.gz', '--summary'], { cwd });
    assert.match(packed.stderr, /cannot read run\.parquet\.gz: this is Parquet inside gzip: unpack it first/);
    const followed = await runCommand(['produce', 'run.parquet', '--follow'], { cwd });
    assert.match(followed.stderr, /cannot read run\.parquet: this is Parquet, which is read from its end/);
  }); // prettier-ignore
});
