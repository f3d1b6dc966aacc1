import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertFails, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('dtstream verify', () => {
  it('compares the only group, or the one that is named', async (t) => {
    const cwd = tempFolder(t);
    const run = (...args: readonly string[]) => runCommand([...args, '--quiet'], { cwd });
    assert.equal((await run('produce', '--limit', '200', '--rate', 'max')).code, 0);
    assertFails(await run('verify'), 3, /: topic data_clean must exist in /);
    const process = ['process', '--until-end', '--threads', '1', '--group'];
    assert.equal((await run(...process, 'night')).code, 0);
    const only = await run('verify', '--json');
    assert.equal((JSON.parse(only.stdout) as { group: string }).group, 'night', only.stderr);
    assert.equal((await run(...process, 'shift')).code, 0);
    assertFails(await run('verify'), 2, /: several groups publish here \(night, shift\): choose one with --group\n/);
    const named = await run('verify', '--group', 'shift');
    assert.match(named.stdout, /^equal over 200 rows/);
  });

  it('finds chambers of fewer than 64 channels equal', async (t) => {
    const chambers = '[{ fpga: 0, channelFirst: 0, channels: 48, zMm: 200 }, { fpga: 1, channelFirst: 64, zMm: 900 }]';
    const cwd = tempFolder(t, { 'dtstream.yaml': `geometry: { chambers: ${chambers} }\n` });
    const run = (...args: readonly string[]) => runCommand([...args, '--quiet'], { cwd });
    assert.equal((await run('produce', '--limit', '2000', '--rate', 'max')).code, 0);
    assert.equal((await run('process', '--until-end', '--threads', '1')).code, 0);
    const { code, stdout } = await run('verify');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^equal over 2,000 rows/);
  });
});
