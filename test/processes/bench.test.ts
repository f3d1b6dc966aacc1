import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { batchMessageSchema } from '../../src/domain/batch-message.js';
import { experimentSchema } from '../../src/experiment/report.js';
import { type RunResult, runResultSchema } from '../../src/experiment/runs/run-result.js';
import { faultsOf } from '../../src/experiment/runs/verdict.js';
import { batchesToEnd } from '../../src/transport/batches-to-end.js';
import { openEmbeddedLog } from '../../src/transport/embedded/embedded-log.js';
import { recordsOf } from '../../src/transport/records-of.js';
import { assertFails, type CliResult, runCli, startCli } from '../helpers/program/cli.js';
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

  test('--drain measures process alone on a topic that is filled once, with speed-up and efficiency', async (t) => {
    const folder = tempFolder(t);
    const args = [
      ...['bench', '--drain', '20k', '--threads', '1,2', '--partitions', '3', '--repeat', '2'],
      ...['--instances', '1,2', '--format', 'json', '--folder', '.', '--resume', 's.jsonl', '--plot', 'p.svg'],
    ];
    const result = await runCli(args, { cwd: folder, timeoutMs: 120_000 });
    const runs = runsOf(result);
    assert.equal(runs.length, 8);
    const rates = new Set(runs.map(({ measured }) => measured?.producedRowsPerSecond));
    assert.equal(rates.size, 1, 'one filling serves all');
    for (const { measured } of runs) {
      assert.ok(measured !== null);
      assert.deepEqual([measured.verify.result, measured.verify.rows], ['equal', 20_000]);
      assert.ok(Math.abs(measured.processedRowsPerSecond * measured.seconds - 20_000) < 1);
      assert.ok(measured.cpuSecondsPerMillionRows.process > 0 && measured.cpuSecondsPerMillionRows.produce > 0);
      assert.ok((measured.computeMs?.count ?? 0) >= 1 && measured.peakMemoryBytes.process > 1e7);
    }
    const { scaling } = z
      .object({
        scaling: z.array(z.object({ axis: z.string(), values: z.array(z.object({ efficiency: z.unknown() })) })),
      })
      .parse(JSON.parse(result.stdout));
    assert.deepEqual(scaling.map(({ axis }) => axis), ['instances', 'threads']); // prettier-ignore
    assert.match(result.stderr, /to fill: 1 topic of 20,000 rows, at most about 2 MB in \.\n/);
    assert.deepEqual(readdirSync(folder).sort(), ['p.svg', 's.jsonl']);
    // What is there is not measured again: no topic is filled.
    const again = await runCli(args, { cwd: folder });
    assert.deepEqual(runsOf(again), runs);
    assert.ok(!again.stderr.includes('to fill'));
    assertFails(await runCli([...args, '--fill'], { cwd: folder }), 2, /fill must be false, got true/);
    const compared = await runCli([...args.slice(0, -4), '--compare', 's.jsonl', '--repeat', '1'], { cwd: folder });
    assert.match(compared.stdout, /compared with the runs of /);
  });

  test('--physics measures what process is told to count, and --resume holds to it', async (t) => {
    const folder = tempFolder(t);
    const args = [
      ...['bench', '--drain', '20k', '--threads', '1', '--repeat', '1', '--format', 'json', '--folder', '.'],
      ...['--resume', 's.jsonl', '--keep'],
    ];
    const physics = ['--physics', 'full,off,counts'];
    const runs = runsOf(await runCli([...args, ...physics], { cwd: folder }));
    const made = new Map(runs.map(({ configuration }, index) => [`run-${index}`, configuration.physics]));
    assert.deepEqual([...made.values()].sort(), ['counts', 'full', 'off']);
    const store = readdirSync(folder).find((name) => name.startsWith('dtstream-bench-'));
    const log = await openEmbeddedLog({ dir: join(folder, store ?? 'none') });
    try {
      const reader = await log.openReader('data_clean', 'earliest');
      const seen = new Map<string, string>();
      for await (const batch of batchesToEnd(reader)) {
        for (const { value } of recordsOf(batch)) {
          const message = batchMessageSchema.parse(JSON.parse(Buffer.from(value).toString()));
          const counted =
            message.physics === undefined || message.physics === null
              ? 'off'
              : message.physics.chambers['0'].segments === undefined
                ? 'counts'
                : 'full';
          seen.set(message.producer.split('/')[0], counted);
        }
      }
      await reader.close();
      assert.deepEqual([...seen].sort(), [...made].sort());
    } finally {
      await log.close();
    }
    assertFails(
      await runCli([...args, '--physics', 'full'], { cwd: folder }),
      2,
      /physics must be \["full","off","counts"\], got \["full"\]/,
    );
  });

  test('--drain repeats files as often as it takes, and --fill measures produce in each run', async (t) => {
    const folder = tempFolder(t);
    const made = await runCli(['simulate', '--rows', '700', '--out', 'rows.csv', '--quiet'], { cwd: folder });
    assert.equal(made.code, 0, made.stderr);
    const args = ['bench', '--drain', '5000', '--input', 'rows.csv', '--threads', '1', '--repeat', '2', '--fill'];
    const runs = runsOf(await runCli([...args, '--format', 'json'], { cwd: folder }));
    assert.deepEqual(runs.map(({ measured }) => measured?.verify), [
      { result: 'equal', rows: 5000, lateOrbits: 0, detail: '' },
      { result: 'equal', rows: 5000, lateOrbits: 0, detail: '' },
    ]); // prettier-ignore
    assert.equal(new Set(runs.map(({ measured }) => measured?.producedRowsPerSecond)).size, 2);
    const gone = await runCli([...args.slice(0, 3), '--input', 'none.csv', '--threads', '1', '--repeat', '1'], {
      cwd: folder,
    });
    assert.match(gone.stdout, /failed: produce ended with exit code 1: .*none\.csv/);
  });

  test('--find-limit does not go on with a window too short to judge a rate', async (t) => {
    const args = [
      'bench',
      '--find-limit',
      '--rate',
      '2000',
      '--threads',
      '1',
      '--duration',
      '500ms',
      '--warm-up',
      '0s',
    ];
    const result = await runCli([...args, '--no-verify', '--quiet'], { cwd: tempFolder(t) });
    assertFails(
      result,
      2,
      /cannot judge 2,000 rows\/s: the window must have at least 10 batches, got [01]; use a longer/,
    );
  });

  test('--drain refuses what does not go with it, and a folder without room', async (t) => {
    const cwd = tempFolder(t);
    const refuse = async (args: readonly string[], code: 1 | 2, line: RegExp): Promise<void> =>
      assertFails(await runCli(['bench', ...args, '--quiet'], { cwd }), code, line);
    await refuse(['--drain', '1M', '--rate', '5000'], 2, /'--drain <rows>' cannot be used with option '--rate <list>'/);
    await refuse(['--input', 'rows.csv'], 2, /--input needs --drain ROWS/);
    await refuse(['--fill'], 2, /--fill needs --drain ROWS/);
    await refuse(['--drain', '900T'], 1, /cannot fill the topics: \S+ must have [\d.]+ GB free, got [\d.]+ GB/);
  });
});
