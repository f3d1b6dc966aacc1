import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { expandInputs } from '../../src/sources/expand-inputs.js';
import { openSource } from '../../src/sources/open-source.js';
import { runCli } from '../helpers/program/cli.js';
import { runPython, skipPython } from '../helpers/program/python.js';
import { someHits, wordsOf } from '../sources/words/hit-words.js';
import { tempFolder } from '../sources/temp-folder.js';
import { packedFrame } from '../sources/packed/zstd-frames.js';

const rows = `${someHits(500)
  .map((hit) => Object.values(hit).join(','))
  .join('\n')}\n`;

/** What each file is refused as; the rest of a name is as its library ends it. */
const known: Readonly<Record<string, RegExp>> = {
  'image.png': /a PNG image/,
  'image.jpg': /a JPEG image/,
  'image.gif': /a GIF image/,
  'image.tif': /a TIFF image/,
  'image.bmp': /a BMP image/,
  'image.pdf': /PDF/,
  'image.webp': /a RIFF file/,
  'packed.parquet': /Parquet/,
  'plain.parquet': /Parquet/,
  'table.feather': /an Arrow file \(Feather\)/,
  'table.orc': /ORC/,
  'table.arrows': /an Arrow stream/,
  'tree.root': /a ROOT file/,
  'hits.h5': /HDF5/,
  'words.npy': /a NumPy array \(\.npy\)/,
  'words.npz': /a NumPy archive \(\.npz\)/,
  'big-endian.bin': /the words are big-endian/,
  'protocol2.pkl': /a Python pickle/,
  'protocol3.pkl': /a Python pickle/,
  'protocol4.pkl': /a Python pickle/,
  'protocol5.pkl': /a Python pickle/,
  'rows.zip': /a zip archive/,
  'ustar.tar': /a tar archive/,
  'gnu.tar': /a tar archive/,
  'pax.tar': /a tar archive/,
  'rows.csv.bz2': /bzip2/,
  'rows.csv.xz': /xz/,
  'rows.csv.lzma': /lzma/,
  'rows.csv.lz4': /lz4/,
  'hits.sqlite': /SQLite/,
};

/** The files; the test is skipped where their libraries cannot be had. */
async function writeFiles(t: TestContext): Promise<string | undefined> {
  const folder = tempFolder(t, { 'in/words': wordsOf(someHits(500)), 'in/rows': rows });
  const out = join(folder, 'out');
  mkdirSync(out);
  try {
    await runPython('foreign', 'write_files.py', out, join(folder, 'in/words'), join(folder, 'in/rows'));
  } catch (error) {
    const isInstall = error instanceof Error && / -m (pip|venv) /.test(error.message);
    if (!isInstall || process.env.CI === 'true') throw error;
    t.skip('the Python packages of test/foreign cannot be installed here');
    return undefined;
  }
  return out;
}

async function refusalOf(path: string, stdin?: string): Promise<string> {
  const [file] = await expandInputs([stdin === undefined ? path : '-']);
  const options = { format: 'auto', warn: ({ message }: { message: string }) => assert.fail(message) } as const;
  const opened = openSource(file, stdin === undefined ? options : { ...options, stdin: createReadStream(stdin) });
  return opened.then(
    async (source) => {
      await source.close();
      return `read as ${source.format}`;
    },
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

test('files of other formats, by their own libraries, are refused by name', { skip: skipPython }, async (t) => {
  const folder = await writeFiles(t);
  if (folder === undefined) return;
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(known).sort());
  const renamed = tempFolder(t);
  for (const [name, what] of Object.entries(known)) {
    const content = readFileSync(join(folder, name));
    await t.test(`${name} as a file and on standard input`, async () => {
      assert.match(await refusalOf(join(folder, name)), what);
      assert.match(await refusalOf('-', join(folder, name)), what);
    });
    await t.test(`${name} under names of data, and packed`, async () => {
      for (const [other, bytes] of [
        ['data.csv', content],
        ['data.dat', content],
        ['data.csv.gz', gzipSync(content)],
        ['data.dat.zst', await packedFrame(content)],
        ['data', gzipSync(content)],
      ] as const) {
        writeFileSync(join(renamed, other), bytes);
        assert.match(await refusalOf(join(renamed, other)), what, other);
      }
    });
  }

  await t.test('in a directory or a glob, beside a good file, they end the run with their name', async () => {
    const runs = tempFolder(t, { 'data_0.csv': rows, 'data_1.dat': readFileSync(join(folder, 'plain.parquet')) });
    writeFileSync(join(runs, 'data_2.png'), readFileSync(join(folder, 'image.png')));
    const inDirectory = await runCli(['process', runs, '--summary']);
    assert.equal(inDirectory.code, 1);
    assert.match(
      inDirectory.stderr,
      /cannot read .*data_1\.dat: Parquet: the columns must include .*; missing: HEAD, FPGA/,
    );
    const byGlob = await runCli(['process', join(runs, '*_[02]*'), '--summary']);
    assert.equal(byGlob.code, 1);
    assert.match(byGlob.stderr, /cannot read .*data_2\.png: this is a PNG image, not hits/);
    assert.match(byGlob.stdout, /"rows_read": 500,/);
  });
});
