import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCli, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('dtstream produce --summary', () => {
  test('prints a JSON object from which the time follows that each row was due', async (t) => {
    const beforeMs = Date.now();
    const args = ['produce', '--limit', '51', '--rate', '500', '--quiet', '--summary'];
    const { code, stdout } = await runCommand(args, { cwd: tempFolder(t) });
    const summary = JSON.parse(stdout) as Record<string, number>;
    assert.equal(code, 0);
    assert.deepEqual([summary.rows, summary.rate, summary.debt_given_up_ms], [51, 500, 0]);
    assert.ok(summary.started_ms >= beforeMs && summary.started_ms <= Date.now());
    // The last of 51 rows was due 100 ms after the first.
    assert.ok(summary.elapsed_ms >= 100 && summary.started_ms + summary.elapsed_ms <= Date.now() + 1);
  });

  test('has no start where there was no row, and no rate where none was asked for', async (t) => {
    const args = ['produce', '-', '--rate', 'max', '--quiet', '--summary'];
    const { stdout } = await runCli(args, { cwd: tempFolder(t) });
    const { rows, started_ms, rate } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([rows, started_ms, rate], [0, null, null]);
  });
});
