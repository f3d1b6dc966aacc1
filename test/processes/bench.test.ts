import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { experimentSchema } from '../../src/experiment/report.js';
import { type RunResult, runResultSchema } from '../../src/experiment/run-result.js';
import { faultsOf } from '../../src/experiment/verdict.js';
import { assertFails, type CliResult, runCli, startCli } from '../helpers/cli.js';
import { tempFolder } from '../sources/temp-folder.js';

const reportSchema = z.object({ experiment: experimentSchema, runs: z.array(runResultSchema), runsLeft: z.int() });
const short = ['bench', '--warm-up', '300ms', '--duration', '1s', '--batch-interval', '200ms', '--threads', '1'];

function runsOf({ code, stdout, stderr }: CliResult): RunResult[] {
  assert.equal(code, 0, stderr);
  const { runs, runsLeft } = reportSchema.parse(JSON.parse(stdout));
  assert.equal(runsLeft, 0);
  return runs;
}

/** Resolves when a file has that many lines. */
async function linesIn(folder: string, file: string, count: number): Promise<void> {
  const path = join(folder, file);
  const has = (): boolean => existsSync(path) && readFileSync(path, 'utf8').split('\n').length > count;
  await new Promise<void>((resolve) => {
    const watcher = watch(folder, () => {
      if (!has()) return;
      watcher.close();
      resolve();
    });
    if (has()) {
      watcher.close();
      resolve();
    }
  });
}

describe('dtstream bench', { concurrency: true }, () => {
  test('measures produce and process at work, and every count agrees', async (t) => {
    const folder = tempFolder(t);
    const given = ['--rate', '4000', '--partitions', '1,3', '--repeat', '1', '--format', 'json', '--folder', '.'];
    const runs = runsOf(await runCli([...short, ...given, '--plot', 'p.svg'], { cwd: folder }));
    assert.deepEqual(runs.map(({ configuration }) => configuration.partitions).sort(), [1, 3]);
    for (const { measured } of runs) {
      assert.ok(measured !== null);
      assert.equal(measured.verify.result, 'equal');
      assert.ok(measured.verify.rows >= 4000 && measured.messages >= 2);
      const { latencyMs, computeMs, cpuSecondsPerMillionRows, peakMemoryBytes } = measured;
      // Nine rows of ten are hits, and all hits that were due in the window count, seen or not.
      assert.ok(
        latencyMs !== null &&
          latencyMs.count > 0.8 * 4000 * measured.seconds &&
          latencyMs.count < 4000 * measured.seconds,
      );
      assert.ok(latencyMs.min <= latencyMs.p50 && latencyMs.p50 <= latencyMs.p99 && latencyMs.p99 <= latencyMs.max);
      assert.ok(computeMs !== null && computeMs.count >= 2);
      assert.ok(cpuSecondsPerMillionRows.process > 0 && peakMemoryBytes.process > 1e7);
    }
    assert.match(readFileSync(join(folder, 'p.svg'), 'utf8'), /^<svg /);
    assert.deepEqual(readdirSync(folder), ['p.svg']);
  });

  test('shows a run that was asked for more than can be done as not keeping up', async (t) => {
    const given = ['--rate', '500M', '--repeat', '1', '--format', 'json', '--no-verify'];
    const [run] = runsOf(await runCli([...short, ...given], { cwd: tempFolder(t) }));
    assert.match(faultsOf(run).join(), /^did not keep up: [\d.]+ % of the requested rows were produced$/);
    assert.ok(run.measured !== null && run.measured.producedRowsPerSecond < 500e6);
    // What never came has waited since it was due: the latency is not that of the few rows that were quick.
    assert.ok(run.measured.hitsUnseen > 0 && (run.measured.latencyMs?.p99 ?? 0) > 200);
  });

  test('goes on after a kill where it was, with the runs that were made', async (t) => {
    const folder = tempFolder(t);
    const args = [
      ...short,
      '--rate',
      '2000,4000',
      '--repeat',
      '1',
      '--format',
      'json',
      '--no-verify',
      '--resume',
      'state.jsonl',
      '--folder',
      '.',
    ];
    const killed = startCli(args, { cwd: folder });
    await linesIn(folder, 'state.jsonl', 2);
    killed.child.kill('SIGKILL');
    await killed.result();
    const kept = readFileSync(join(folder, 'state.jsonl'), 'utf8').trim().split('\n');
    assert.equal(kept.length, 2);
    const runs = runsOf(await runCli(args, { cwd: folder }));
    assert.deepEqual(runs.map(({ configuration }) => configuration.rate).sort(), [2000, 4000]);
    assert.deepEqual(runs[0], JSON.parse(kept[1]));
    const again = runsOf(await runCli(args, { cwd: folder }));
    assert.deepEqual(again, runs);
    assertFails(await runCli([...args, '--seed', '2'], { cwd: folder }), 2, /seed must be 1, got 2/);
    assertFails(await runCli([...args, '--threads', '2'], { cwd: folder }), 2, /threads must be \[1\], got \[2\]/);
  });
});
