import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compiledPathOf, runCompiled, scripts } from '../src/run-compiled.js';

describe('a module with compiled code', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'dtstream-compiled-'))));
  after(() => rmSync(folder, { recursive: true }));

  for (const [what, data] of [
    ['no compiled code', undefined],
    ['compiled code of no bytes', ''],
    ['compiled code of another build of node', 'other bytes'],
  ] as const) {
    it(`is what its text says with ${what}`, () => {
      // A text each: V8 also knows what this process has compiled before.
      const file = `${what.replaceAll(' ', '-')}.js`;
      const path = join(folder, file);
      writeFileSync(
        path,
        `exports.file = require("node:path").basename(__filename); exports.isThis = this === exports; // ${what}`,
      );
      if (data !== undefined) writeFileSync(compiledPathOf(path), data);
      const module = new Module(join(folder, 'stub.js'));
      module.filename = join(folder, 'stub.js');
      runCompiled(module, createRequire(module.filename), file);
      assert.deepEqual(module.exports, { file, isThis: true });
      assert.equal(scripts.get(path)?.cachedDataRejected, data === undefined ? undefined : true);
    });
  }
});

describe('the program as it ships', () => {
  it('has compiled code that this node can use', () => {
    const load = createRequire(new URL('../bin/cli.js', import.meta.url));
    const shipped = load('./run-compiled.js') as { readonly scripts: typeof scripts };
    load('./direct.js');
    const isRefused = Array.from(shipped.scripts, ([path, script]) => [basename(path), script.cachedDataRejected]);
    assert.deepEqual(Object.fromEntries(isRefused), { 'direct-code.js': false, 'program-code.js': false });
  });
});
