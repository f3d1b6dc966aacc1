import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { batchOf, readToEnd, valuesOf } from '../records.js';
import { Program } from './program-protocol.js';
import { temporaryDir } from './temporary-store.js';

describe('a directory that cannot be used as a store', () => {
  let dir: string;
  let remove: () => void;
  beforeEach(() => {
    ({ dir, remove } = temporaryDir());
  });
  afterEach(() => remove());

  it('is refused when it holds something else, and stays as it is', async () => {
    writeFileSync(join(dir, 'thesis.tex'), '');
    await assert.rejects(openEmbeddedLog({ dir }), { code: 'store', message: /thesis\.tex/ });
    assert.equal(existsSync(join(dir, 'store.json')), false);
  });

  it('is refused when it was made by a newer version', async () => {
    await (await openEmbeddedLog({ dir })).close();
    writeFileSync(join(dir, 'store.json'), '{"format":"dtstream-store","version":2}');
    await assert.rejects(openEmbeddedLog({ dir }), { code: 'store', message: /newer dtstream \(store version 2/ });
  });

  it('is refused when its version file is not one', async () => {
    for (const content of ['', 'null', '{}', '[1', '{"format":"other","version":1}']) {
      writeFileSync(join(dir, 'store.json'), content);
      await assert.rejects(openEmbeddedLog({ dir }), { code: 'store' }, content);
    }
  });

  it('is refused when it does not exist and must not be made', async () => {
    await assert.rejects(openEmbeddedLog({ dir: join(dir, 'missing'), create: false }), { code: 'store' });
    await assert.rejects(openEmbeddedLog({ dir, create: false }), { code: 'store', message: /no log yet/ });
  });

  it('is refused when its path is a file', async () => {
    writeFileSync(join(dir, 'file'), '');
    await assert.rejects(openEmbeddedLog({ dir: join(dir, 'file') }), { code: 'store' });
  });

  it('is made with what leads to it when it is missing', async () => {
    const log = await openEmbeddedLog({ dir: join(dir, 'a', 'b') });
    assert.deepEqual(await log.topics(), []);
    await log.close();
  });

  it('is refused when it is read-only', async (t) => {
    if (!mount(dir, 'size=8m')) {
      t.skip('needs the right to mount a file system');
      return;
    }
    try {
      await (await openEmbeddedLog({ dir })).close();
      assert.ok(mount(dir, 'remount,ro'));
      await assert.rejects(openEmbeddedLog({ dir }), { code: 'store', message: /read-only/ });
    } finally {
      unmount(dir);
    }
  });
});

describe('a full disk', () => {
  it('fails the append, loses nothing before it, and works again when there is room', async (t) => {
    const { dir, remove } = temporaryDir();
    if (!mount(dir, 'size=6m')) {
      remove();
      t.skip('needs the right to mount a file system');
      return;
    }
    try {
      const log = await openEmbeddedLog({ dir });
      await log.createTopics([{ topic: 'raw', partitions: 2, replicationFactor: 1 }]);
      const writer = await log.openWriter('raw');
      let next = 0;
      const append = async (): Promise<void> => {
        const value = String(next).padEnd(50_000);
        await writer.append([batchOf(0, [value]), batchOf(1, [value])]);
        next++;
      };
      const full = async (): Promise<void> => {
        while (next < 1000) await append();
      };
      const held = async (): Promise<number[]> => {
        const reader = await log.openReader('raw', 'earliest', [0]);
        const values = valuesOf(await readToEnd(reader)).map(Number);
        await reader.close();
        const other = await log.openReader('raw', 'earliest', [1]);
        assert.deepEqual(valuesOf(await readToEnd(other)).map(Number), values);
        await other.close();
        return values;
      };
      await assert.rejects(full(), { code: 'store', message: /no space left on the disk/ });
      assert.ok(next > 5, 'some fitted');
      assert.deepEqual(await held(), [...Array(next).keys()]);
      await assert.rejects(append(), { code: 'store' });
      await assert.rejects(log.createTopics([{ topic: 'more', partitions: 1, replicationFactor: 1 }]), {
        code: 'store',
        message: /the disk must have 1 MiB free, got \d+ bytes/,
      });
      assert.ok(mount(dir, 'remount,size=12m'));
      await append();
      assert.deepEqual(await held(), [...Array(next).keys()]);
      await writer.close();
      await log.close();
    } finally {
      unmount(dir);
      remove();
    }
  });
});

describe('a damaged store', () => {
  let dir: string;
  let remove: () => void;
  let whole: string;
  before(async () => {
    ({ dir, remove } = temporaryDir());
    whole = join(dir, 'whole');
    const log = await openEmbeddedLog({ dir: whole });
    await log.createTopics([{ topic: 'raw', partitions: 2, replicationFactor: 1 }]);
    const writer = await log.openWriter('raw');
    await writer.append(Array.from({ length: 20 }, (_, i) => batchOf(i % 2, [`large ${i}`.padEnd(9000)])));
    await writer.append(Array.from({ length: 200 }, (_, i) => batchOf(i % 2, [`small ${i}`])));
    await log.close();
  });
  after(() => remove());

  /**
   * Reads copies that were changed, in a process of its own: LMDB ends one that meets a bad page.
   *
   * @returns for each copy why it was refused, or a digest of what was read
   */
  const readChanged = async (changes: readonly ((file: string) => void)[]): Promise<string[]> => {
    const copies = changes.map((change, i) => {
      const copy = join(dir, `copy-${i}`);
      cpSync(whole, copy, { recursive: true, force: true });
      change(join(copy, 'topics', 'raw', 'data.mdb'));
      return copy;
    });
    const program = new Program('readAll', ...copies);
    const end = await program.end();
    const results = program.reports.map(({ failed, read }) => failed ?? read ?? '');
    assert.equal(end, 0, `copy ${results.length} of ${copies.length} ended the process`);
    assert.equal(results.length, copies.length);
    return results;
  };
  const unchanged = (): void => undefined;

  it('is refused when its data was cut, wherever, or is missing, or is something else', async () => {
    const { size } = statSync(join(whole, 'topics', 'raw', 'data.mdb'));
    const cuts = [0, 1, 4096, 8191, 8192, 12_288, Math.floor(size / 2), size - 4096, size - 1];
    const [original, ...results] = await readChanged([
      unchanged,
      ...cuts.map((bytes) => (file: string) => truncateSync(file, bytes)),
      (file) => rmSync(file),
      (file) => writeFileSync(file, 'x'.repeat(100_000)),
    ]);
    assert.match(original, /^220 /);
    assert.deepEqual(
      results,
      results.map(() => 'store'),
    );
  });

  it('gives an error or all of its records, and never anything else, when a page was overwritten', async () => {
    const pages = Math.floor(statSync(join(whole, 'topics', 'raw', 'data.mdb')).size / 4096);
    const [original, ...results] = await readChanged([
      unchanged,
      ...Array.from({ length: pages }, (_, page) => (file: string) => overwrite(file, page)),
    ]);
    for (const [page, result] of results.entries()) {
      assert.ok(result === 'store' || result === original, `page ${page} of ${pages}: ${result}`);
    }
    assert.ok(results.filter((result) => result === 'store').length > pages / 2);
  });
});

function overwrite(file: string, page: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
  closeSync(handle);
}

/** Mounts a small file system in memory, or changes the one that is there; false where that is not allowed. */
function mount(dir: string, options: string): boolean {
  mkdirSync(dir, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir]).status === 0;
}

function unmount(dir: string): void {
  spawnSync('umount', ['-l', dir]);
}
