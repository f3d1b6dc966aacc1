import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { keepCompiledCode } from '../src/compile-cache.js';
import { runCli, skipForBinary } from './helpers/program/cli.js';
import { tempFolder } from './sources/temp-folder.js';

/** Folders in which compiled code is kept, with a cache folder of the environment. */
function keptIn(cache: string): string[] {
  const folders: string[] = [];
  keepCompiledCode({ XDG_CACHE_HOME: cache }, (folder) => folders.push(folder));
  return folders;
}

const noModes = process.platform === 'win32' && 'no modes there';

describe('keepCompiledCode', () => {
  it('keeps it in a folder of this user alone', { skip: noModes }, (t) => {
    const folder = join(tempFolder(t), 'dtstream', 'compiled');
    assert.deepEqual(keptIn(join(folder, '..', '..')), [folder]);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  for (const shared of ['dtstream', 'dtstream/compiled']) {
    it(`keeps nothing where others may write ${shared}`, { skip: noModes }, (t) => {
      const cache = tempFolder(t);
      keptIn(cache);
      chmodSync(join(cache, shared), 0o770);
      assert.deepEqual(keptIn(cache), []);
    });
  }

  it('keeps nothing where no folder can be made', (t) => {
    assert.deepEqual(keptIn(join(tempFolder(t, { file: '' }), 'file')), []);
  });

  const isKept = 'enableCompileCache' in nodeModule;
  it('is what the program starts with', { skip: skipForBinary || (!isKept && 'this node keeps none') }, async (t) => {
    const cache = tempFolder(t);
    const { code, stderr } = await runCli(['--help'], { env: { XDG_CACHE_HOME: cache } });
    assert.equal(code, 0, stderr);
    const [build = ''] = readdirSync(join(cache, 'dtstream', 'compiled'));
    assert.ok(readdirSync(join(cache, 'dtstream', 'compiled', build)).length > 0);
  });

  it(
    'makes no folder with a node that keeps none',
    { skip: skipForBinary || (isKept && 'this one does') },
    async (t) => {
      const cache = tempFolder(t);
      await runCli(['--help'], { env: { XDG_CACHE_HOME: cache } });
      assert.ok(!existsSync(join(cache, 'dtstream')));
    },
  );
});
