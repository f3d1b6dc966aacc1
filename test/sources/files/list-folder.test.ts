import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { listFolder } from '../../../src/sources/files/list-folder.js';
import { shownPath } from '../../../src/sources/files/raw-path.js';
import { tempFolder } from '../temp-folder.js';

async function listed(folder: string): Promise<{ names: string[]; warnings: string[] }> {
  const warnings: string[] = [];
  const paths = await listFolder(folder, ({ message }) => warnings.push(message.replace(folder, 'FOLDER')));
  return { names: paths.map((path) => basename(shownPath(path))).toSorted(), warnings };
}

describe('listFolder', () => {
  test('names the files that it leaves out and that may hold data, in one line', async (t) => {
    const others = ['a.csv.xz', 'b.bz2', 'c.root', 'd.parquet', 'rows.ndjson', 'f_2.raw', 'f_10.raw'];
    const silent = ['README.md', 'run.log', 'plot.png', 'SHA256SUMS.sha256', '.hidden.xz', 'Makefile', 'x.csv~'];
    const folder = tempFolder(t, Object.fromEntries(['x.csv', ...others, ...silent, 'inside/y.xz'].map((name) => [name, '']))); // prettier-ignore
    symlinkSync('inside', join(folder, 'last'));
    const { names, warnings } = await listed(folder);
    assert.deepEqual(names, ['x.csv']);
    assert.deepEqual(warnings, [
      'FOLDER: ignored a.csv.xz, b.bz2, c.root, d.parquet, f_2.raw and 2 more; a directory stands for its .csv, .tsv, .txt or .dat files, plain, .gz or .zst; name others to read them',
    ]);
  });

  test('says nothing where nothing is left out', async (t) => {
    const data = ['a.csv', 'b.tsv', 'c.TXT.GZ', 'd.dat.zst', 'with\nline.csv'];
    const { names, warnings } = await listed(tempFolder(t, Object.fromEntries(data.map((name) => [name, '']))));
    assert.deepEqual([names, warnings], [data.toSorted(), []]);
  });

  test('tells what is there where no file is data', async (t) => {
    const folder = tempFolder(t, { 'run.csv.xz': '' });
    await assert.rejects(listed(folder), { code: 'input', message: /holds no \.csv, .*; ignored: run\.csv\.xz$/ });
    await assert.rejects(listed(join(folder, 'gone')), { code: 'input', message: /gone: no such file or directory$/ });
  }); // prettier-ignore
});
