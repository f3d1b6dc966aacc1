import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Pack, unpackOnce } from '../../src/binary/unpack.js';
import { tempFolder } from '../sources/temp-folder.js';

const contents = { 'package.json': '{}', 'dist/bin/cli.js': 'the program', 'node_modules/a/b.node': 'native' };

/** A pack that counts how often a file was read. */
function countingPack(onRead: () => void = () => undefined): Pack & { readonly reads: () => number } {
  let reads = 0;
  return {
    hash: 'abc123',
    files: Object.entries(contents).map(([path, text]) => ({ path, bytes: text.length })),
    read: (path) => {
      reads++;
      onRead();
      return Buffer.from(contents[path as keyof typeof contents]);
    },
    reads: () => reads,
  };
}

function assertWhole(folder: string): void {
  for (const [path, text] of Object.entries(contents)) assert.equal(readFileSync(join(folder, path), 'utf8'), text);
}

describe('unpackOnce', () => {
  it('writes every file once and leaves nothing else', (t) => {
    const cache = join(tempFolder(t), 'made', 'on the way');
    const pack = countingPack();
    assertWhole(unpackOnce(pack, cache));
    assertWhole(unpackOnce(pack, cache));
    assert.equal(pack.reads(), 3);
    assert.deepEqual(readdirSync(cache), ['abc123']);
  });

  it('takes what another start has put there meanwhile', (t) => {
    const cache = join(tempFolder(t), 'cache');
    let isFirst = true;
    const slow = countingPack(() => {
      if (isFirst) unpackOnce(countingPack(), cache);
      isFirst = false;
    });
    assertWhole(unpackOnce(slow, cache));
    assert.deepEqual(readdirSync(cache), ['abc123']);
  });

  for (const [title, damage] of [
    ['is missing', (folder: string) => rmSync(join(folder, 'node_modules'), { recursive: true })],
    ['is empty', (folder: string) => writeFileSync(join(folder, 'dist/bin/cli.js'), '')],
  ] as const) {
    it(`replaces a folder in which a file ${title}`, (t) => {
      const cache = join(tempFolder(t), 'cache');
      damage(unpackOnce(countingPack(), cache));
      assertWhole(unpackOnce(countingPack(), cache));
      assert.deepEqual(readdirSync(cache), ['abc123']);
    });
  }

  it('removes what killed starts have left, but not what one under way is writing', (t) => {
    const cache = tempFolder(t);
    chmodSync(cache, 0o700);
    for (const name of ['abc123.aaaaaa', 'abc123.bbbbbb']) mkdirSync(join(cache, name));
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(join(cache, 'abc123.aaaaaa'), hoursAgo, hoursAgo);
    unpackOnce(countingPack(), cache);
    assert.deepEqual(readdirSync(cache), ['abc123', 'abc123.bbbbbb']);
  });

  it('says which folder cannot be written, and what to do', (t) => {
    const file = join(tempFolder(t, { file: '' }), 'file');
    assert.throws(() => unpackOnce(countingPack(), join(file, 'dtstream')), {
      name: 'DtstreamError',
      code: 'config',
      message: /^cannot unpack into .*dtstream: XDG_CACHE_HOME must name a folder that can be written: ENOTDIR/,
    });
  });

  it('refuses a folder that others may write', { skip: process.platform === 'win32' && 'no modes there' }, (t) => {
    const cache = tempFolder(t);
    chmodSync(cache, 0o777);
    assert.throws(() => unpackOnce(countingPack(), cache), /it must belong to you and be writable by nobody else/);
    chmodSync(cache, 0o700);
    assert.ok(existsSync(join(unpackOnce(countingPack(), cache), 'package.json')));
  });
});
