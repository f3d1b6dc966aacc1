import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FileReader } from '../../../src/sources/files/file-reader.js';
import { readAll } from '../read-all.js';
import { tempFolder } from '../temp-folder.js';

describe('FileReader', () => {
  test('delivers the bytes of the file for any size of target', async (t) => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index * 7));
    const path = join(tempFolder(t, { data: bytes }), 'data');
    for (const sizes of [[1], [3, 20, 7], [5000]]) {
      const reader = await FileReader.open(path);
      assert.equal(reader.bytesTotal, 1000);
      assert.deepEqual(await readAll(reader, sizes), bytes);
      assert.equal(reader.bytesDone, 1000);
      await reader.close();
    }
  });

  test('reads into a part of shared memory and leaves the rest alone', async (t) => {
    const reader = await FileReader.open(join(tempFolder(t, { data: 'hits' }), 'data'));
    const shared = new Uint8Array(new SharedArrayBuffer(8));
    assert.equal(await reader.read(shared.subarray(2, 8)), 4);
    assert.equal(Buffer.from(shared).toString(), '\0\0hits\0\0');
    await reader.close();
  });

  test('can be closed twice', async (t) => {
    const reader = await FileReader.open(join(tempFolder(t, { data: '' }), 'data'));
    await Promise.all([reader.close(), reader.close()]);
    await reader.close();
  });

  test('names a file that is gone, and the offset of a read that fails', async (t) => {
    const folder = tempFolder(t);
    await assert.rejects(FileReader.open(join(folder, 'gone')), { code: 'input', message: /gone: no such file/ });
    const reader = await FileReader.open(folder);
    await assert.rejects(reader.read(new Uint8Array(8)), {
      code: 'input',
      message: /at offset 0: illegal operation on a directory$/,
    });
    await reader.close();
  });
});
