import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { expandInputs } from '../../src/sources/expand-inputs.js';
import type { WarnInput } from '../../src/sources/input-error.js';
import { openSourceAt } from '../../src/sources/open-source-at.js';
import { openSource } from '../../src/sources/open-source.js';
import { readAll } from './read-all.js';
import { tempFolder } from './temp-folder.js';

const warn: WarnInput = ({ message }) => assert.fail(message);

describe('openSourceAt', () => {
  test('gives what a source of the file gives from there on, also behind a byte order mark', async (t) => {
    const text = '2,0,1,5,6,7\n"garbage"\n2,0,1,6,6,7\n';
    const [file] = await expandInputs([join(tempFolder(t, { 'a.csv': `\ufeff${text}` }), 'a.csv')]);
    const whole = await openSource(file, { format: 'auto', warn });
    t.after(() => whole.close());
    assert.equal((await readAll(whole)).toString(), text);
    const place = { format: 'csv', offset: (whole.offset ?? 0) + 12 } as const;
    const source = await openSourceAt(file, place, { warn });
    t.after(() => source.close());
    assert.equal((await readAll(source)).toString(), text.slice(12));
    assert.equal(source.offset, 15);
  });

  test('obeys a header further on, and has no offset from there on', async (t) => {
    const text = '2,0,1,5,6,7\nHEAD;FPGA;TDC_CHANNEL;ORBIT_CNT;TDC_MEAS;BX_COUNTER\n2;0;1;6;7;6\n';
    const [file] = await expandInputs([join(tempFolder(t, { 'a.csv': text }), 'a.csv')]);
    const source = await openSourceAt(file, { format: 'csv', offset: 12 }, { warn });
    t.after(() => source.close());
    assert.equal(source.offset, 12);
    assert.equal((await readAll(source)).toString(), '2,0,1,6,6,7\n');
    assert.equal(source.offset, undefined);
  });

  test('is empty past the end of the file', async (t) => {
    const [file] = await expandInputs([join(tempFolder(t, { 'a.dat': '12345678' }), 'a.dat')]);
    const source = await openSourceAt(file, { format: 'words', offset: 16 }, { warn });
    t.after(() => source.close());
    assert.equal((await readAll(source)).length, 0);
  });

  test('is not for what is unpacked or picked', async (t) => {
    const folder = tempFolder(t, { 'a.csv.gz': gzipSync('2,0,1,5,6,7\n'), 'b.csv': '2;0;1;5;6;7\n' });
    for (const file of await expandInputs([folder])) {
      const source = await openSource(file, { format: 'auto', columns: 'canonical', warn });
      t.after(() => source.close());
      assert.equal(source.offset, undefined);
    }
  });
});
