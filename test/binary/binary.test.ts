import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertFails, runCli, summaryOf } from '../helpers/program/cli.js';
import { tempFolder } from '../sources/temp-folder.js';

const binary = process.env.DTSTREAM_TEST_BINARY;

describe('the single executable', { skip: binary === undefined && 'npm run test:binary tests it' }, () => {
  it('runs alone in an empty folder: two first starts at once unpack it once', async (t) => {
    const folder = tempFolder(t);
    const copy = join(folder, 'dtstream');
    copyFileSync(binary ?? '', copy);
    const options = { command: [copy] as const, cwd: folder, env: { XDG_CACHE_HOME: join(folder, 'cache') } };
    const runs = await Promise.all([1, 2, 3].map(() => runCli(['simulate', '--rows', '2k'], options)));
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.equal(new Set(runs.map(({ stdout }) => stdout)).size, 1);
    const unpacked = readdirSync(join(folder, 'cache', 'dtstream')).filter((name) => name !== 'compiled');
    assert.equal(unpacked.length, 1);
    const summary = await runCli(['process', '-', '--summary', '--threads', '8'], {
      ...options,
      stdin: runs[0].stdout,
    });
    assert.equal(summaryOf(summary).ledger.rows_read, 2000, summary.stderr);
  });

  it('says that it cannot unpack', async (t) => {
    const folder = tempFolder(t, { file: '' });
    const result = await runCli(['topics'], { cwd: folder, env: { XDG_CACHE_HOME: join(folder, 'file') } });
    assertFails(
      result,
      1,
      /cannot unpack into .*file\/dtstream: XDG_CACHE_HOME must name a folder that can be written/,
    );
  });

  it('tells its version without unpacking anything', async (t) => {
    const folder = tempFolder(t);
    const { code, stdout } = await runCli(['--version'], { cwd: folder, env: { XDG_CACHE_HOME: folder } });
    assert.deepEqual([code, /^\d+\.\d+\.\d+\n$/.test(stdout), readdirSync(folder)], [0, true, []]);
  });
});
