import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { assertFails, runCommand, startCli } from '../../helpers/program/cli.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('dtstream simulate', () => {
  test('writes the bytes of the simulator to stdout', async () => {
    const args = ['--rows', '30k', '--seed', '7', '--muon-rate-hz', '100', '--hot', '0:5:40', '--malformed-share', '0'];
    const { code, stdout, stderr } = await runCommand(['simulate', ...args]);
    assert.deepEqual([code, stderr], [0, '']);
    const options = { rows: 30_000, seed: 7, muonRateHz: 100, hot: [{ chamber: 0, channel: 5, factor: 40 }] };
    assert.equal(stdout, (await readAll(openSimulator(options))).toString());
  });

  test('writes words to a .dat file, with the geometry of a config', async (t) => {
    const folder = tempFolder(t, { 'geometry.yaml': 'geometry:\n  triggers: [{ fpga: 0, channel: 138 }]\n' });
    const args = ['simulate', '--rows', '5000', '--out', 'run.dat', '--config', 'geometry.yaml'];
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder });
    assert.deepEqual([code, stdout, stderr], [0, '', 'dtstream: wrote 40,000 bytes to run.dat\n']);
    const words = new BigUint64Array(Uint8Array.from(readFileSync(join(folder, 'run.dat'))).buffer);
    assert.ok(
      words.some((word) => word >> 49n === (2n << 12n) + 138n),
      'a hit of the trigger',
    );
  });

  test('writes the truth beside the rows, never over the output or the configuration', async (t) => {
    const folder = tempFolder(t, { 'geometry.yaml': 'geometry: {}\n' });
    symlinkSync('run.csv', join(folder, 'link'));
    const run = (...args: string[]) => runCommand(['simulate', '--rows', '500', ...args], { cwd: folder });
    assert.equal((await run('--out', 'run.csv', '--truth', 'run.jsonl')).code, 0);
    const lines = readFileSync(join(folder, 'run.jsonl'), 'utf8').trimEnd().split('\n');
    assert.match(lines[0], /^{"truth":1,"seed":1,"geometry":{.*"simulator":{/);
    assert.match(lines[1], /^{"muon":1,"orbit":25\d{8},"ns":.*"planes":\[\[/);
    const rows = readFileSync(join(folder, 'run.csv'));
    const same = await run('--out', 'run.csv', '--truth', 'link', '--force');
    assertFails(same, 2, /--truth must not name another output, got link \(the same file as run\.csv\)/);
    assert.deepEqual(readFileSync(join(folder, 'run.csv')), rows);
    const config = await run('--config', 'geometry.yaml', '--truth', 'geometry.yaml', '--force');
    assertFails(config, 2, /--truth must not name an input, got geometry\.yaml/);
  });

  test('ends quietly when its reader has had enough', async () => {
    const running = startCli(['simulate']);
    assert.match((await running.nextLine()) ?? '', /^HEAD,/);
    running.child.stdout.destroy();
    assert.equal((await running.result()).code, 0);
  });

  test('refuses what it cannot do, in one line', async (t) => {
    assertFails(
      await runCommand(['simulate', '--dead', '3']),
      2,
      /--dead must be a list of chamber:channel \(0-63 inside the chamber\), such as/,
    );
    assertFails(await runCommand(['simulate', '--seed', '1.5']), 2, /--seed must be a whole number, got 1\.5/);
    const dead = await runCommand(['simulate', '--dead', '9:1']);
    assertFails(dead, 2, /cannot simulate: hot, dead and bursting channels are in one of 4 chambers, got 9/);
    const packed = await runCommand(['simulate', '--rows', '9', '--out', 'run.parquet'], { cwd: tempFolder(t) });
    assertFails(packed, 2, /writes plain CSV or words, got --out run\.parquet; dtstream convert writes others/);
    assertFails(
      await runCommand(['simulate', '--out', tempFolder(t)]),
      1,
      /cannot write .*: illegal operation on a directory/,
    );
  });
});

describe('dtstream simulate --fault', () => {
  const options = ['simulate', '--rows', '5k', '--fault', 'dead:1:37@0.1', '--fault', 'restart@0.5'];

  test('says in FILE.truth.jsonl what the faults did, and behind the muons with --truth', async (t) => {
    const cwd = tempFolder(t);
    assert.equal((await runCommand([...options, '--out', 'run.csv'], { cwd })).code, 0);
    const lines = readFileSync(join(cwd, 'run.csv.truth.jsonl'), 'utf8').trimEnd().split('\n');
    assert.match(lines[0], /^{"truth":1,.*"faults":\["dead:1:37@0.1","restart@0.5"\]}$/);
    assert.match(lines[1], /^{"fault":"dead","args":{"chamber":1,"channel":37},"row_first":\d+,.*"object":"1:37"}$/);
    assert.match(lines[2], /^{"fault":"restart",.*"expect":\["new_run"\]/);
    assert.equal(lines.length, 3);
    assert.equal((await runCommand([...options, '--out', 'b.csv', '--truth', 'b.jsonl'], { cwd })).code, 0);
    assert.deepEqual(readFileSync(join(cwd, 'b.csv')), readFileSync(join(cwd, 'run.csv')));
    const all = readFileSync(join(cwd, 'b.jsonl'), 'utf8').trimEnd().split('\n');
    assert.ok(all.length > 50 && all[1].startsWith('{"muon":1,'));
    assert.deepEqual(all.slice(-2), lines.slice(1));
    const again = await runCommand([...options, '--out', 'run.csv', '--force'], { cwd });
    assert.equal(again.code, 0);
  });

  test('is refused with the part that is wrong, and beside rows counted for restarts', async () => {
    const wrong = await runCommand(['simulate', '--fault', 'dead:1:37@1,dead:1:99@2']);
    assertFails(wrong, 2, /--fault dead:1:99@2: channel must be a whole number from 0 to 63, got 99/);
    const both = await runCommand(['simulate', '--restart-after-rows', '9', '--fault', 'dead:1:37@1']);
    assertFails(both, 2, /faults have times of their own/);
  });
});
