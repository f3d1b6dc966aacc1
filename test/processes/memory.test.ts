import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli, startCli } from '../helpers/program/cli.js';
import { watchPeakBytes } from '../helpers/program/peak-memory.js';
import { tempFolder } from '../sources/temp-folder.js';

/** What docs/benchmarks.md promises of a whole log with lists of orbits. */
const peakBytesMax = 250e6;

describe('the memory of process', () => {
  it('stays below its bound while a log of 5 million rows is drained in large batches that list their orbits', async (t) => {
    const folder = tempFolder(t, {});
    const store = ['--store', join(folder, 'store'), '--quiet'];
    const file = join(folder, 'rows.dat');
    const packed = ['--rate', 'max', '--partitions', '4', '--rows-per-message', '4096', '--encoding', 'words'];
    for (const args of [
      ['simulate', '--rows', '5M', '--format', 'words', '--out', file],
      ['produce', file, ...packed, ...store],
    ]) {
      const { code, stderr } = await runCli(args, { timeoutMs: 120_000 });
      assert.equal(code, 0, stderr);
    }
    const running = startCli(['process', '--until-end', '--batch-rows', '500k', '--threads', '2', ...store], {
      timeoutMs: 120_000,
    });
    running.child.stdin.end();
    const peakBytes = watchPeakBytes(running.child.pid ?? 0);
    const { code, stderr } = await running.result();
    const peak = peakBytes();
    assert.deepEqual([code, stderr], [0, '']);
    t.diagnostic(`peak memory ${(peak / 1e6).toFixed(0)} MB`);
    assert.ok(peak < peakBytesMax, `peak memory ${peak / 1e6} MB`);
    assert.ok(peak > 0 || process.platform !== 'linux');
  });
});
