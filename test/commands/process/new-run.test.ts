import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { assertFails, type CliResult, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

const hits = 2000;
const first = 5_000_000;

/** A hit in each of 2,000 orbits from one on. */
function rowsFrom(orbit: number): string {
  return Array.from({ length: hits }, (_, row) => `2,0,${row % 128},${orbit + row},5,5\n`).join('');
}

/** Two files whose orbits are those of one another, the first of them published. */
async function twoRuns(context: TestContext): Promise<(...args: string[]) => Promise<CliResult>> {
  const cwd = tempFolder(context);
  const run = (...args: string[]): Promise<CliResult> => runCommand([...args, '--quiet'], { cwd });
  writeFileSync(join(cwd, 'first.csv'), rowsFrom(first));
  writeFileSync(join(cwd, 'second.csv'), rowsFrom(first));
  assert.equal((await run('produce', 'first.csv', '--rate', 'max', '--partitions', '4')).code, 0);
  assert.equal((await run('process', '--until-end', '--lanes', '2')).code, 0);
  return run;
}

describe('a counter that restarts within a small step', () => {
  it('makes nearly all hits late, which process and verify say, with what it may be', async (context) => {
    const run = await twoRuns(context);
    await run('produce', 'second.csv', '--again', '--rate', 'max');
    const { code, stderr } = await run('process', '--until-end', '--lanes', '2');
    const causes = /has the orbit counter restarted \(produce --new-run\), are rows in the topic twice, or is/;
    assert.equal(code, 0);
    assert.match(stderr, /^dtstream: 2,000 hits of 2,000 \(100 %\) came late, [^\n]+\n$/);
    assert.match(stderr, causes);
    const verified = await run('verify');
    assert.match(verified.stdout, /^equal except 2,000 late orbits over 4,000 rows/);
    assertFails(verified, 3, /^dtstream: equal, but 2,000 hits of 4,000 \(50 %\) came late: 2,000 orbits are counted/);
    assert.match(verified.stderr, causes);
  });

  it('is another run with produce --new-run: nothing is late, in this group and in one that reads all at once', async (context) => {
    const run = await twoRuns(context);
    await run('produce', 'second.csv', '--again', '--rate', 'max', '--new-run');
    assert.deepEqual(await run('process', '--until-end', '--lanes', '2'), okay);
    assert.deepEqual(await run('process', '--until-end', '--group', 'all'), okay);
    for (const group of ['dtstream', 'all']) {
      const { code, stdout } = await run('verify', '--group', group);
      assert.deepEqual([code, stdout.startsWith('equal over 4,000 rows')], [0, true], stdout);
      const sums = await run('watch', '--once', '--group', group);
      assert.match(sums.stdout, /4,000 orbits with hits/);
    }
  });

  it('is begun once, also where --resume continues the input', async (context) => {
    const run = await twoRuns(context);
    const produce = ['produce', 'second.csv', '--again', '--rate', 'max', '--new-run', '--resume'];
    // Up to the end of a slot: what came later of one that is closed would be late.
    await run(...produce, '--limit', String(5 * 64 - (first % 64)));
    await run('process', '--until-end', '--lanes', '2');
    await run(...produce);
    assert.deepEqual(await run('process', '--until-end', '--lanes', '2'), okay);
    const { stdout } = await run('watch', '--json', '--until-end');
    const runs = stdout.split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { run: number }).run); // prettier-ignore
    assert.deepEqual([...new Set(runs)].sort(), [0, 1]);
    assert.equal((await run('verify')).code, 0);
  });
});

const okay = { code: 0, signal: null, stdout: '', stderr: '' };
