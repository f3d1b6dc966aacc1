import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CommitWatch } from '../../../src/transport/embedded/commit-watch.js';
import { StoreEnv } from '../../../src/transport/embedded/store/store-env.js';
import { tempFolder } from '../../sources/temp-folder.js';

/** A file of the sources. */
function sourceText(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
}

describe('CommitWatch', () => {
  it('reads the number of the newest commit where LMDB of this release has it', (t) => {
    const dir = join(tempFolder(t), 'env');
    mkdirSync(dir);
    const env = StoreEnv.create(dir);
    const watch = new CommitWatch(dir);
    for (let key = 0; key < 5; key++) {
      const before = watch.newest();
      env.write((view) => view.put(Buffer.from([key]), Buffer.from([key])));
      assert.equal(watch.newest(), before + 1);
      assert.equal(watch.isHidden(watch.newest()), false);
    }
    watch.close();
    env.release();
  });

  it('refuses a lock file of another version', (t) => {
    const dir = join(tempFolder(t), 'env');
    mkdirSync(dir);
    StoreEnv.create(dir).release();
    const path = join(dir, 'lock.mdb');
    const lock = readFileSync(path);
    lock.writeUInt32LE((lock.readUInt32LE(4) & ~0xfff) + 3, 4);
    writeFileSync(path, lock);
    assert.throws(() => new CommitWatch(dir), { code: 'store', message: /LMDB's lock version must be 2, got 3/ });
  });
});

describe('the release of lmdb', () => {
  it('is the one whose files were compared with what is read of them', () => {
    const { dependencies } = JSON.parse(sourceText('package.json')) as { dependencies: Record<string, string> };
    const installed = JSON.parse(sourceText('node_modules/lmdb/package.json')) as { version: string };
    const [, compared] =
      /`lmdb` is pinned to one release, ([\d.]+), /.exec(sourceText('docs/decisions/0006-embedded-log.md')) ?? [];
    assert.deepEqual([dependencies.lmdb, installed.version], [compared, compared]);
  });
});
