import assert from 'node:assert/strict';
import { cpSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DataFile } from '../../../../src/transport/embedded/store/data-file.js';
import { tempFolder } from '../../../sources/temp-folder.js';

function openFile(t: TestContext): { readonly dir: string; readonly path: string; readonly file: DataFile } {
  const dir = join(tempFolder(t), 'env');
  mkdirSync(dir);
  const path = join(dir, 'data.mdb');
  writeFileSync(path, Buffer.alloc(8192));
  const file = new DataFile(dir);
  t.after(() => file.close());
  return { dir, path, file };
}

describe('the data file of an environment', () => {
  it('is there while nobody touches it, and may grow', (t) => {
    const { path, file } = openFile(t);
    file.check('cannot read');
    writeFileSync(path, Buffer.alloc(8192), { flag: 'a' });
    file.check('cannot read');
    assert.deepEqual([file.isThere(), file.isDeleted()], [true, false]);
  });

  const changes: Record<string, { do: (dir: string) => void; isDeleted: boolean }> = {
    deleted: { do: (dir) => rmSync(dir, { recursive: true }), isDeleted: true },
    moved: { do: (dir) => renameSync(dir, `${dir}.old`), isDeleted: false },
    'made anew with the same bytes': {
      do: (dir) => {
        cpSync(dir, `${dir}.copy`, { recursive: true });
        rmSync(dir, { recursive: true });
        renameSync(`${dir}.copy`, dir);
      },
      isDeleted: true,
    },
  };
  for (const [what, { do: change, isDeleted }] of Object.entries(changes)) {
    it(`is gone when it was ${what}`, (t) => {
      const { dir, file } = openFile(t);
      change(dir);
      const rule = 'the store must stay where it is while it is in use, but was deleted, moved or replaced';
      assert.throws(() => file.check('cannot write to env'), { code: 'gone', message: `cannot write to env: ${rule}` });
      assert.deepEqual([file.isThere(), file.isDeleted()], [false, isDeleted]);
    });
  }

  it('stays gone when it comes back', (t) => {
    const { dir, file } = openFile(t);
    renameSync(dir, `${dir}.old`);
    assert.equal(file.isThere(), false);
    renameSync(`${dir}.old`, dir);
    assert.throws(() => file.check('cannot read'), { code: 'gone' });
  });

  it('is damaged when it was cut, also below a size that it had only later', (t) => {
    const { path, file } = openFile(t);
    writeFileSync(path, Buffer.alloc(4096), { flag: 'a' });
    file.check('cannot read');
    truncateSync(path, 8192);
    assert.throws(() => file.check('cannot read env'), {
      code: 'store',
      message: /^cannot read env: .* not become shorter than 12288 bytes, got 8192; the store is damaged$/,
    });
  });
});
