import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { runCli, runCommand, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertProduced, openProduced } from './produced.js';

/** Rows that the simulator makes in a second of detector time. */
const secondRows = 5500;
const words = ['--encoding', 'words', '--rows-per-message', '4096'];

interface Summary {
  readonly rows: number;
  readonly rate: unknown;
  readonly speed: number;
  readonly elapsed_ms: number;
  readonly detector_ms: number;
  readonly gaps: number;
}

async function produce(cwd: string, ...args: string[]): Promise<{ summary: Summary; stderr: string }> {
  const result = await runCli(['produce', '--rate', 'detector', '--summary', ...args], { cwd });
  return { summary: JSON.parse(result.stdout) as Summary, stderr: result.stderr };
}

/** Rows of a hit each, a line for each orbit. */
function linesOf(orbits: readonly number[]): string[] {
  return orbits.map((orbit, row) => `2,0,${row % 64},${orbit},100,5`);
}

describe('dtstream produce --rate detector', () => {
  test('takes as long as the detector, or a part of it', async (t) => {
    for (const [encoding, speed] of [
      [[], 1],
      [words, 1],
      [words, 10],
    ] as const) {
      // prettier-ignore
      const args = [...encoding, '--limit', String(secondRows), '--speed', String(speed)];
      const { summary, stderr } = await produce(tempFolder(t), ...args);
      assert.deepEqual([summary.rows, summary.rate, summary.speed, summary.gaps], [secondRows, 'detector', speed, 0]);
      assert.ok(Math.abs(summary.detector_ms - 1000) < 100, `${summary.detector_ms} ms of the detector`);
      const [min, max] = speed === 1 ? [800, 1200] : [80, 500];
      assert.ok(summary.elapsed_ms >= min && summary.elapsed_ms <= max, `${summary.elapsed_ms} ms`);
      assert.match(stderr, /times the speed of the detector, (1\.0|0\.9|1\.1) s of detector time/);
    }
  });

  test('goes on at that pace after --resume, up to the same --limit', async (t) => {
    const cwd = tempFolder(t);
    await produce(cwd, ...words, '--limit', '1000', '--speed', '100');
    const { summary } = await produce(cwd, ...words, '--limit', '2100', '--resume', '--speed', '0.5');
    assert.equal(summary.rows, 1100);
    // Only the rows of this run count: 0.2 s of the detector.
    assert.ok(summary.elapsed_ms >= 320 && summary.elapsed_ms <= 900, `${summary.elapsed_ms} ms`);
  });

  test('takes the length of an orbit from the configuration', async (t) => {
    const cwd = tempFolder(t);
    writeFileSync(join(cwd, 'slow.yaml'), 'geometry: { clock: { bxNs: 250 } }\n');
    writeFileSync(join(cwd, 'run.csv'), linesOf([1000, 1500]).join('\n'));
    const { summary } = await produce(cwd, 'run.csv', '--config', 'slow.yaml');
    assert.ok(Math.abs(summary.detector_ms - 500 * 0.891) < 1e-6, `${summary.detector_ms} ms`);
    assert.ok(summary.elapsed_ms >= 445, `${summary.elapsed_ms} ms`);
  });

  test('does not wait for gaps and new runs, and says so once', async (t) => {
    const cwd = tempFolder(t);
    const part = (first: number): number[] => Array.from({ length: 20 }, (_, row) => first + row * 10);
    // A minute, an hour, and back.
    const rows = linesOf([...part(100_000), ...part(800_000), ...part(41_000_000), ...part(0)]);
    writeFileSync(join(cwd, 'run.csv'), rows.join('\n'));
    const { summary, stderr } = await produce(cwd, 'run.csv');
    assert.deepEqual([summary.rows, summary.gaps], [80, 3]);
    assert.ok(summary.elapsed_ms < 2000, `${summary.elapsed_ms} ms`);
    assert.equal(stderr.match(/a new run or a gap/g)?.length, 1, stderr);
    assert.match(stderr, /3 gaps or new runs not waited for/);
    await assertProduced(cwd, rows);
  });

  test('takes the pauses of a live input for those of the detector, not on top of them', async (t) => {
    const { child, result } = startCli(['produce', '-', '--rate', 'detector', '--summary'], { cwd: tempFolder(t) });
    const [first, ...rest] = linesOf([0, 11_223, 22_446]);
    child.stdin.write(`${first}\n`);
    await setTimeout(1000);
    child.stdin.end(rest.join('\n'));
    const { elapsed_ms } = JSON.parse((await result()).stdout) as Summary;
    // Two seconds of the detector; the pause of one second once more would make it three.
    assert.ok(elapsed_ms >= 1000 && elapsed_ms < 2600, `${elapsed_ms} ms`);
  });

  test('ends at once on a signal while it waits for an orbit', async (t) => {
    const cwd = tempFolder(t);
    writeFileSync(join(cwd, 'run.csv'), linesOf([0, 50_000]).join('\n'));
    const produced = await openProduced(t, cwd);
    const { child, result } = startCli(['produce', 'run.csv', '--rate', 'detector', '--speed', '0.01'], { cwd });
    assert.equal(await produced.moreThan(0), 1);
    const startMs = performance.now();
    child.kill('SIGINT');
    const { stderr } = await result();
    assert.ok(performance.now() - startMs < 2000);
    assert.match(stderr, /stopped after 1 row/);
    assert.equal((await produced.all()).length, 1);
  });

  test('refuses a speed without it, and one that is none', async (t) => {
    const cwd = tempFolder(t);
    const refused = [
      [['--speed', '10'], /--speed needs --rate detector, got --rate 1000/],
      [['--speed', '10', '--rate', 'max'], /--speed needs --rate detector, got --rate max/],
      [['--speed', '0', '--rate', 'detector'], /--speed .*must be a number from 0\.001 to 1000000/],
      [['--rate', 'orbits'], /--rate .*such as 1000 or 10k, or max or detector/],
    ] as const;
    for (const [args, text] of refused) {
      const { code, stderr } = await runCommand(['produce', '--limit', '1', ...args], { cwd });
      assert.equal(code, 2);
      assert.match(stderr, text);
    }
  });
});
