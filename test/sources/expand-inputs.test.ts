import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { DtstreamError } from '../../src/errors.js';
import { expandInputs } from '../../src/sources/expand-inputs.js';
import { tempFolder, tempPipe } from './temp-folder.js';

async function namesOf(inputs: readonly string[]): Promise<string[]> {
  return (await expandInputs(inputs)).map(({ name }) => name);
}

function rejects(inputs: readonly string[], message: RegExp): Promise<void> {
  return assert.rejects(expandInputs(inputs), (error) => {
    assert.ok(error instanceof DtstreamError);
    assert.equal(error.code, 'input');
    assert.match(error.message, message);
    return true;
  });
}

describe('expandInputs', () => {
  test('files keep the order of the command line, also when named twice', async (t) => {
    const folder = tempFolder(t, { 'b.csv': 'x', 'a.dat': '' });
    const [a, b] = [join(folder, 'a.dat'), join(folder, 'b.csv')];
    assert.deepEqual(await expandInputs([b, a, b]), [
      { kind: 'file', name: b, bytesTotal: 1 },
      { kind: 'file', name: a, bytesTotal: 0 },
      { kind: 'file', name: b, bytesTotal: 1 },
    ]);
  });

  test('- is standard input, once', async () => {
    assert.deepEqual(await expandInputs(['-']), [{ kind: 'stdin', name: 'stdin', bytesTotal: undefined }]);
    await assert.rejects(expandInputs(['-', '-']), { code: 'usage', message: /standard input can be read only once/ });
  });

  test('no input gives no file', async () => {
    assert.deepEqual(await expandInputs([]), []);
  });

  test('a directory stands for its own data files in natural order', async (t) => {
    const zipped = ['data_1.csv.gz', 'data_4.dat.gz', 'data_5.txt.gz', 'data_6.csv.zst'];
    const data = ['data_10.csv', 'data_2.TXT', 'data_3.dat', 'data_7.tsv', ...zipped];
    const others = ['.hidden.csv', 'notes.md', 'data.gz', 'csv', 'inside/data_0.csv', 'folder.csv/data_0.csv'];
    const folder = tempFolder(t, Object.fromEntries([...data, ...others].map((name) => [name, ''])));
    assert.deepEqual(
      (await namesOf([folder])).map((name) => basename(name)),
      [...zipped.slice(0, 1), 'data_2.TXT', 'data_3.dat', ...zipped.slice(1), 'data_7.tsv', 'data_10.csv'],
    );
  });

  test('a glob matches files, not hidden ones, in natural order', async (t) => {
    const folder = tempFolder(t, {
      'r2/d_10.csv': '',
      'r2/d_9.csv': '',
      'r10/d_1.csv': '',
      'r2/.d.csv': '',
      'r2/x.csv/y': '',
    });
    const expected = ['r2/d_9.csv', 'r2/d_10.csv', 'r10/d_1.csv'].map((name) => join(folder, name));
    assert.deepEqual(await namesOf([join(folder, '*/*.csv')]), expected);
    assert.deepEqual(await namesOf([join(folder, '**/*.csv')]), expected);
    assert.deepEqual(await namesOf([join(folder, 'r{2,10}/d_?.csv')]), [expected[0], expected[2]]);
    assert.deepEqual(await namesOf([join(folder, 'r2/d_[0-9].csv')]), [expected[0]]);
  });

  test('a relative glob gives relative paths', (t) => {
    const folder = tempFolder(t, { 'sub/a.csv': '' });
    const script = `import { expandInputs } from ${JSON.stringify(new URL('../../src/sources/expand-inputs.js', import.meta.url).href)};
      console.log((await expandInputs(['./sub/*.csv', 'sub/a.csv', 'sub'])).map(({ name }) => name).join(' '));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(out, 'sub/a.csv sub/a.csv sub/a.csv\n');
  });

  test('a file whose name looks like a glob is that file', async (t) => {
    const folder = tempFolder(t, { 'a[1].csv': '', 'a1.csv': '' });
    assert.deepEqual(await namesOf([join(folder, 'a[1].csv')]), [join(folder, 'a[1].csv')]);
  });

  test('a pipe is an input of unknown size', async (t) => {
    const pipe = tempPipe(t);
    assert.deepEqual(await expandInputs([pipe]), [{ kind: 'file', name: pipe, bytesTotal: undefined }]);
  });

  test('what is missing is named', async (t) => {
    const folder = tempFolder(t, { 'a.csv': '' });
    await rejects([join(folder, 'a.csv'), join(folder, 'b.csv')], /^cannot read .*b\.csv: no such file or directory$/);
    await rejects([join(folder, 'a.csv/b.csv')], /a\.csv\/b\.csv: not a directory$/);
    await rejects([''], /^cannot read '': no such file/);
  });

  test('a glob or directory that matches nothing is named', async (t) => {
    const folder = tempFolder(t, { 'inside/a.csv': '', 'b.md': '' });
    await rejects([join(folder, '*.dat')], /^cannot read .*\*\.dat: no file matches$/);
    await rejects(
      [folder],
      /^cannot read .*: the directory itself holds no \.csv, \.tsv, \.txt or \.dat file, plain, \.gz or \.zst$/,
    );
  });

  test('a link to nothing is named', async (t) => {
    const folder = tempFolder(t, { 'a.csv': '' });
    symlinkSync('gone', join(folder, 'b.csv'));
    await rejects([folder], /b\.csv: no such file or directory$/);
  });

  test('an unreadable file is named', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
    const folder = tempFolder(t, { 'a.csv': '' });
    chmodSync(join(folder, 'a.csv'), 0);
    await rejects([join(folder, 'a.csv')], /a\.csv: permission denied$/);
  });

  test('a directory or glob that holds one name in two kinds warns once', async (t) => {
    const folder = tempFolder(t, { 'run_1.dat': '', 'run_1.txt': '', 'run_2.csv': '', 'run_2.csv.gz': '' });
    for (const input of [folder, join(folder, '*')]) {
      const messages: string[] = [];
      assert.equal((await expandInputs([input], { warn: ({ message }) => messages.push(message) })).length, 4);
      assert.equal(messages.length, 1);
      assert.match(messages[0], /run_1\.dat and .*run_1\.txt may hold the same hits, which then count twice$/);
    }
  });

  test('different names in one directory do not warn', async (t) => {
    const folder = tempFolder(t, { 'run_1.dat': '', 'run_2.txt': '', 'run.3.csv': '', 'run.4.csv': '' });
    await expandInputs([folder], { warn: ({ message }) => assert.fail(message) });
  });
});
