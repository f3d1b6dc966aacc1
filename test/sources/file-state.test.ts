import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { FileReader } from '../../src/sources/file-reader.js';
import { readUntilEnd } from './read-all.js';
import { tempFolder } from './temp-folder.js';

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
    assert.match(String(failure), /cannot read .*a\.csv: it was cut while it was read: it had 10 bytes and has 4; /);
  });

  test('is an error when it was cut and written anew to a length of less', async (t) => {
    const { failure } = await readChanged(t, (path) => writeFileSync(path, 'other'));
    assert.match(String(failure), /it was cut while it was read/);
  });

  test('is an error when it was overwritten with as many bytes, at once after it was written', async (t) => {
    const { failure } = await readChanged(t, (path) => writeFileSync(path, 'abcdefghij'));
    assert.match(String(failure), /it was written to while it was read: its last change was .*Z, now it is .*Z; /);
  });

  test('is an error when another file has taken its name', async (t) => {
    const { bytes, failure } = await readChanged(t, (path) => {
      writeFileSync(`${path}.new`, '0123456789');
      renameSync(`${path}.new`, path);
    });
    assert.equal(bytes, '0123456789');
    assert.match(String(failure), /it was replaced while it was read: another file has its name now; /);
  });

  test('is read on when it grew, which is said once', async (t) => {
    const { bytes, failure, warnings } = await readChanged(t, (path) => appendFileSync(path, 'more'));
    assert.deepEqual([bytes, failure], ['0123456789more', undefined]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /a\.csv: it grew from 10 to 14 bytes while it was read, and was read to byte 14$/);
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
