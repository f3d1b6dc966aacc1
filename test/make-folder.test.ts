import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFolder } from '../src/make-folder.js';
import { tempFolder } from './sources/temp-folder.js';

describe('makeFolder', () => {
  it('makes the folders that are missing, with their mode, and leaves those that are there', (t) => {
    const root = tempFolder(t, {});
    const path = join(root, 'a', 'b');
    makeFolder(path, 0o700);
    makeFolder(path, 0o755);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    assert.equal(statSync(join(root, 'a')).mode & 0o777, 0o700);
  });

  it('throws where a file is in the way', (t) => {
    const root = tempFolder(t, {});
    writeFileSync(join(root, 'file'), '');
    assert.throws(() => makeFolder(join(root, 'file')), { code: 'EEXIST' });
    assert.throws(() => makeFolder(join(root, 'file', 'below')), { code: 'ENOTDIR' });
  });

  const skip = existsSync('/proc/self') ? false : 'no /proc here';
  it('throws where the system makes no folders', { skip }, () => {
    assert.throws(() => makeFolder('/proc/dtstream/a/b'), { code: 'ENOENT' });
  });
});
