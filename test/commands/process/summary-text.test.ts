import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { assertFails, type CliResult, runCommand } from '../../helpers/program/cli.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('process --summary --format text', () => {
  let rows: Uint8Array;
  before(async () => {
    rows = await readAll(openSimulator({ rows: 50_000 }));
  });

  it('prints one page on 80 columns without colour where it is piped', async (t) => {
    const cwd = tempFolder(t, { 'run.csv': Buffer.from(rows) });
    const page = (...flags: string[]): Promise<CliResult> =>
      runCommand(['process', 'run.csv', '--summary', '--format', 'text', ...flags], { cwd });
    const { code, stdout, stderr } = await page();
    assert.equal(code, 0, stderr);
    assert.ok(!stdout.includes('\u001b'));
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    for (const part of [/^rows read 50,000 /m, /^live time {2}\d/m, /^trigger {4}1\d\d\.\d ±/m, /^time boxes after the trigger/m, /\[─/]) {
      assert.match(stdout, part);
    }
    assert.doesNotMatch(stdout, /not counted|--summary/);
    const counts = await page('--physics', 'counts', '--ascii');
    assert.match(counts.stdout, /^segments {3}not counted \(--physics counts\)/m);
    assert.match(counts.stdout, /^[\n -~]*$/);
    assert.match(counts.stdout, /^time boxes after the trigger/m);
    assert.doesNotMatch(counts.stdout, /layer 0|slopes of/);
    const off = await page('--physics', 'off');
    assert.match(off.stdout, /^physics {4}not counted \(--physics off\)/m);
    assert.doesNotMatch(off.stdout, /live time {2}|drift times|Hz/);
  }); // prettier-ignore

  it('stays JSON by default, and needs --summary', async (t) => {
    const cwd = tempFolder(t, { 'run.csv': Buffer.from(rows) });
    const json = await runCommand(['process', 'run.csv', '--summary'], { cwd });
    assert.equal((await runCommand(['process', 'run.csv', '--summary', '--format', 'json'], { cwd })).stdout.length, json.stdout.length);
    assert.equal((JSON.parse(json.stdout) as { hit_count: number }).hit_count > 40_000, true);
    assertFails(await runCommand(['process', 'run.csv', '--format', 'text'], { cwd }), 2, /--format needs --summary/);
    assertFails(await runCommand(['process', '--ascii'], { cwd }), 2, /--ascii needs an input/);
  }); // prettier-ignore
});
