import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { FileReader } from '../../../src/sources/files/file-reader.js';
import { readUntilEnd } from '../read-all.js';
import { tempFolder } from '../temp-folder.js';

/** Reads a file whose content is changed once it is open and a byte was read. */
async function readChanged(
  t: TestContext,
  change: (path: string) => void,
): Promise<{ bytes: string; failure: unknown; warnings: string[] }> {
  const path = join(tempFolder(t, { 'a.csv': '0123456789' }), 'a.csv');
  const warnings: string[] = [];
  const reader = await FileReader.open(path, { warn: ({ message }) => warnings.push(message) });
  const first = new Uint8Array(1);
  await reader.read(first);
  change(path);
  const { bytes, failure } = await readUntilEnd(reader);
  await reader.close();
  return { bytes: Buffer.concat([first, bytes]).toString(), failure, warnings };
}

describe('a file that changes while it is read', () => {
  test('is an error when it was cut, and what was there comes before', async (t) => {
    const { bytes, failure } = await readChanged(t, (path) => truncateSync(path, 4));
    assert.equal(bytes, '0123');
    assert.match(String(failure), /cannot read .*a\.csv: truncated while being read, from 10 to 4 bytes; /);
  });

  test('is an error when it was cut and written anew to a length of less', async (t) => {
    const { failure } = await readChanged(t, (path) => writeFileSync(path, 'other'));
    assert.match(String(failure), /truncated while being read/);
  });

  test('is an error when it was overwritten with as many bytes, at once after it was written', async (t) => {
    const { failure } = await readChanged(t, (path) => writeFileSync(path, 'abcdefghij'));
    assert.match(String(failure), /modified while being read, last change .*Z, now .*Z; /);
  });

  test('is an error when another file has taken its name', async (t) => {
    const { bytes, failure } = await readChanged(t, (path) => {
      writeFileSync(`${path}.new`, '0123456789');
      renameSync(`${path}.new`, path);
    });
    assert.equal(bytes, '0123456789');
    assert.match(String(failure), /replaced while being read, another file has its name now; /);
  });

  test('is read on when it grew, which is said once', async (t) => {
    const { bytes, failure, warnings } = await readChanged(t, (path) => appendFileSync(path, 'more'));
    assert.deepEqual([bytes, failure], ['0123456789more', undefined]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /a\.csv: grew from 10 to 14 bytes while being read, and was read up to byte 14$/);
  });

  test('is whole when it was removed or renamed', async (t) => {
    for (const change of [(path: string) => rmSync(path), (path: string) => renameSync(path, `${path}.old`)]) {
      const { bytes, failure, warnings } = await readChanged(t, change);
      assert.deepEqual([bytes, failure, warnings], ['0123456789', undefined, []]);
    }
  });

  test('is itself when nothing was done, also when it is of the future', async (t) => {
    const path = join(tempFolder(t, { 'a.csv': 'x' }), 'a.csv');
    utimesSync(path, 4_000_000_000, 4_000_000_000);
    const reader = await FileReader.open(path);
    const { failure } = await readUntilEnd(reader);
    assert.equal(failure, undefined);
    await reader.close();
  });
});
