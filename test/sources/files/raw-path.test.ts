import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findUndecoded, joinRaw, shownPath } from '../../../src/sources/files/raw-path.js';
import { tempFolder } from '../temp-folder.js';

describe('shownPath', () => {
  test('text stays as it is, and bytes that are none are escaped', () => {
    assert.equal(shownPath('a\\xff'), 'a\\xff');
    assert.equal(shownPath(Buffer.from('é.csv')), 'é.csv');
    assert.equal(shownPath(Buffer.from('r\xe9_é\\\xff', 'latin1')), 'r\\xe9_\\xe9\\\\\\xff');
  });

  test('different bytes that are not UTF-8 are shown differently, as text', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((all) => Buffer.from(all)).filter((all) => !isUtf8(all)); // prettier-ignore
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        assert.equal(shownPath(one) === shownPath(other), one.equals(other));
        assert.ok(!shownPath(one).includes('\ufffd') || one.includes('\ufffd'));
      }),
      { numRuns: 500 },
    );
  });
});

describe('joinRaw', () => {
  test('joins as join does, and keeps bytes', () => {
    for (const folder of ['runs', './runs', 'runs/', '/', '/a/', '.', '..', '../a']) {
      assert.equal(joinRaw(folder, Buffer.from('x.csv')), join(folder, 'x.csv'), folder);
    }
    assert.deepEqual(joinRaw('./a', Buffer.from([0xff])), Buffer.from('a/\xff', 'latin1'));
    assert.deepEqual(joinRaw(Buffer.from([0xff]), Buffer.from('x')), Buffer.from('\xff/x', 'latin1'));
  });
});

describe('findUndecoded', () => {
  test('finds every name that looks so, also in folders of such a name', async (t) => {
    const folder = tempFolder(t);
    const names = ['a\xff', 'a\xfe', 'a\xff\xff', 'b'].map((name) => Buffer.from(name, 'latin1'));
    for (const name of names) writeFileSync(joinRaw(folder, name), '');
    const found = await findUndecoded(join(folder, 'a\ufffd'));
    assert.deepEqual(new Set(found.map(shownPath)), new Set([join(folder, 'a\\xff'), join(folder, 'a\\xfe')]));
    assert.deepEqual(await findUndecoded(join(folder, 'b')), []);
    assert.deepEqual(await findUndecoded(join(folder, 'gone\ufffd')), []);
  });
});
