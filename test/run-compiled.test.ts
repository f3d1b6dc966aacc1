import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compiledPathOf, keepCompiled, runCompiled, scripts } from '../src/run-compiled.js';

describe('a module with compiled code', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'dtstream-compiled-'))));
  after(() => rmSync(folder, { recursive: true }));

  /** What the module exports whose code is in a file, and whether it was run with compiled code. */
  function run(file: string): { readonly exported: unknown; readonly isCompiled: boolean } {
    const module = new Module(join(folder, 'stub.js'));
    module.filename = join(folder, 'stub.js');
    runCompiled(module, createRequire(module.filename), file);
    return { exported: module.exports, isCompiled: scripts.get(join(folder, file))?.cachedDataRejected === false };
  }

  /** Writes a file, and as its compiled code what is made of that of this node. */
  function write(file: string, change: (compiled: Buffer) => Buffer | undefined): void {
    const path = join(folder, file);
    // A text each: V8 also knows what this process has compiled before.
    writeFileSync(
      path,
      `exports.file = require("node:path").basename(__filename); exports.isThis = this === exports; //${file}`,
    );
    run(file);
    keepCompiled(path, scripts.get(path) ?? assert.fail());
    const changed = change(readFileSync(compiledPathOf(path)));
    if (changed === undefined) rmSync(compiledPathOf(path));
    else writeFileSync(compiledPathOf(path), changed);
  }

  for (const [file, what, isCompiled, change] of [
    ['same.js', 'compiled code', true, (compiled) => compiled],
    ['none.js', 'none', false, () => undefined],
    ['empty.js', 'no bytes', false, () => Buffer.alloc(0)],
    [
      'other-node.js',
      'that of another build of node',
      false,
      (compiled) => Buffer.concat([compiled.subarray(0, -1), Buffer.from(' ')]),
    ],
  ] as const satisfies readonly (readonly [string, string, boolean, (compiled: Buffer) => Buffer | undefined])[]) {
    it(`is what its text says with ${what}`, () => {
      write(file, change);
      assert.deepEqual(run(file), { exported: { file, isThis: true }, isCompiled });
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
