import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { QualityReference } from '../../src/quality/quality-reference.js';
import { readReference } from '../../src/quality/uhi.js';
import { wireSchemaUrl } from '../helpers/assert/wire-schema.js';
import { runCli } from '../helpers/program/cli.js';
import { runPython, runPythonProgram, skipPython } from '../helpers/program/python.js';

const histograms = 44;

describe('references in Python', { skip: skipPython }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-uhi-'));
  const path = (name: string): string => join(dir, name);
  const read = (name: string): QualityReference => readReference(readFileSync(path(name), 'utf8'), 'same');
  after(() => rmSync(dir, { recursive: true }));

  before(async () => {
    const run = async (...args: readonly string[]): Promise<void> => {
      const { code, stderr } = await runCli([...args, '--quiet'], { cwd: dir });
      assert.equal(code, 0, stderr);
    };
    for (const [name, seed] of [
      ['monday', '4'],
      ['tuesday', '5'],
    ]) {
      // prettier-ignore
      await run('simulate', '--rows', '400k', '--seed', seed, '--out', `${name}.dat`);
      const { stdout } = await runCli(['process', `${name}.dat`, '--batch-rows', '20000', '--orbit-detail', 'none', '--quiet'], { cwd: dir }); // prettier-ignore
      const made = await runCli(['reference', '-', '--out', `${name}.json`, '--quiet'], { cwd: dir, stdin: stdout });
      assert.equal(made.code, 0, made.stderr);
    }
    await run('reference', '--add', 'monday.json', 'tuesday.json', '--out', 'sum.json');
  });

  it('are loaded by uhi, boost-histogram and hist, and add up to those of --add', async () => {
    const equal = await runPython('uhi', 'add_files.py', ...['monday.json', 'tuesday.json', 'sum.json', '.'].map(path));
    assert.equal(Number(equal), 3 * histograms);
    for (const name of ['boost.json', 'hist.json']) assert.deepEqual(read(name), read('monday.json'));
  });

  it('are added by the program of docs/reference-files.md with their metadata, as --add does it', async () => {
    const page = readFileSync(new URL('./reference-files.md', wireSchemaUrl), 'utf8');
    const program = /^```python\n([^]*?)^```$/m.exec(page)?.[1];
    assert.ok(program !== undefined);
    writeFileSync(path('add.py'), program);
    await runPythonProgram('uhi', path('add.py'), dir);
    const { liveS, ...sum } = read('both.json');
    const { liveS: expected, ...rest } = read('sum.json');
    assert.deepEqual(sum, rest);
    assert.ok(Math.abs(liveS - expected) < 1e-9 && liveS > 120);
  });
});
