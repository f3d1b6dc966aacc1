import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compiledPathOf, isCompiled, keepCompiled, runCompiled, scripts } from '../src/run-compiled.js';

describe('a module with compiled code', () => {
  let folder: string;
  const mapped = process.sourceMapsEnabled;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dtstream-compiled-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    process.setSourceMapsEnabled(false);
  });
  after(() => {
    rmSync(folder, { recursive: true });
    process.setSourceMapsEnabled(mapped);
  });

  /** What the module exports whose code is in a file, and whether it was run with compiled code. */
  function run(file: string): { readonly exported: unknown; readonly isCompiled: boolean } {
    const module = new Module(join(folder, 'stub.js'));
    module.filename = join(folder, 'stub.js');
    runCompiled(module, createRequire(module.filename), file);
    return { exported: module.exports, isCompiled: scripts.get(join(folder, file))?.cachedDataRejected === false };
  }

  /** Writes a file and its compiled code; returns the path of that. */
  function write(file: string): string {
    const path = join(folder, file);
    // A text each: V8 also knows what this process has compiled before.
    writeFileSync(
      path,
      `exports.file = require("node:path").basename(__filename); exports.isThis = this === exports; //${file}`,
    );
    run(file);
    keepCompiled(path, scripts.get(path) ?? assert.fail());
    return compiledPathOf(path);
  }

  it('is what its text says, with the compiled code', () => {
    write('same.js');
    assert.ok(isCompiled(join(folder, 'same.js')));
    assert.deepEqual(run('same.js'), { exported: { file: 'same.js', isThis: true }, isCompiled: true });
  });

  const changed = (change: (compiled: Buffer) => Buffer) => (path: string) =>
    writeFileSync(path, change(readFileSync(path)));
  for (const [file, what, change] of [
    ['none.js', 'it is not there', (path) => rmSync(path)],
    ['empty.js', 'it has no bytes', changed(() => Buffer.alloc(0))],
    ['short.js', 'it was cut off', changed((compiled) => compiled.subarray(0, 500))],
    ['damaged.js', 'it is damaged', changed((compiled) => compiled.fill(0xff, 300, 304))],
    [
      'node.js',
      'another build of node has made it',
      changed((compiled) => Buffer.from(compiled.toString('latin1').replace('"arch":"', '"arch":"x'), 'latin1')),
    ],
    ['moved.js', 'it was made at another path', (path) => writeFileSync(path, readFileSync(write('place.js')))],
  ] as const satisfies readonly (readonly [string, string, (path: string) => void])[]) {
    it(`is what its text says, without the compiled code, when ${what}`, () => {
      change(write(file));
      assert.ok(!isCompiled(join(folder, file)));
      assert.deepEqual(run(file), { exported: { file, isThis: true }, isCompiled: false });
    });
  }

  it('is what its text says, without the compiled code, when that is of another text as long', () => {
    write('text.js');
    const path = join(folder, 'text.js');
    writeFileSync(path, readFileSync(path, 'utf8').replace('isThis', 'isThat'));
    assert.deepEqual(run('text.js'), { exported: { file: 'text.js', isThat: true }, isCompiled: false });
  });

  it('is loaded as a file where stacks are to show lines of the sources', () => {
    write('mapped.js');
    scripts.clear();
    process.setSourceMapsEnabled(true);
    try {
      assert.deepEqual(run('mapped.js'), { exported: { file: 'mapped.js', isThis: true }, isCompiled: false });
      assert.equal(scripts.size, 0);
    } finally {
      process.setSourceMapsEnabled(false);
    }
  });
});

describe('the program as it ships', () => {
  const flags = process.env.NODE_OPTIONS ?? '';
  it('has compiled code that this node can use', { skip: flags !== '' && `V8 may have flags of ${flags}` }, (t) => {
    const mapped = process.sourceMapsEnabled;
    process.setSourceMapsEnabled(false);
    t.after(() => process.setSourceMapsEnabled(mapped));
    const load = createRequire(new URL('../bin/cli.js', import.meta.url));
    const shipped = load('./run-compiled.js') as { readonly scripts: typeof scripts };
    load('./direct.js');
    const isRefused = Array.from(shipped.scripts, ([path, script]) => [basename(path), script.cachedDataRejected]);
    assert.deepEqual(Object.fromEntries(isRefused), { 'direct-code.js': false, 'program-code.js': false });
  });
});
