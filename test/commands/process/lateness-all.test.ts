import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { assertFails, type CliResult, messagesOf, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { seededRandom } from '../../helpers/random/seeded-random.js';
import { invariant } from '../../integration/common/line.js';
import { tempFolder } from '../../sources/temp-folder.js';

type Run = (...args: string[]) => Promise<CliResult>;

/** A folder with simulated rows in the order of time, `rows.csv`, and in no order, `mixed.csv`. */
async function folderOf(context: TestContext): Promise<{ readonly cwd: string; readonly run: Run }> {
  const cwd = tempFolder(context);
  const run: Run = (...args) => runCommand([...args, '--quiet'], { cwd });
  await run('simulate', '--rows', '6000', '--seed', '3', '--malformed-share', '0.01', '--out', 'rows.csv');
  const [header, ...lines] = readFileSync(join(cwd, 'rows.csv'), 'latin1').trimEnd().split('\n');
  const random = seededRandom(5);
  const mixed = lines.map((line) => ({ line, key: random() })).sort((a, b) => a.key - b.key);
  writeFileSync(join(cwd, 'mixed.csv'), [header, ...mixed.map(({ line }) => line), ''].join('\n'), 'latin1');
  return { cwd, run };
}

const okay = { code: 0, stderr: '' };
const outcome = ({ code, stderr }: CliResult): unknown => ({ code, stderr });

describe('process INPUT --lateness all', () => {
  it('says of rows in no order what the rows in order say, in one message', async (context) => {
    const { run } = await folderOf(context);
    const inOrder = await run('process', 'rows.csv', '--summary');
    const mixed = await run('process', 'mixed.csv', '--summary', '--lateness', 'all');
    assert.deepEqual(invariant(summaryOf(mixed)), invariant(summaryOf(inOrder)));
    assert.equal(summaryOf(mixed).batches, 1);
    assert.ok(summaryOf(await run('process', 'mixed.csv', '--summary', '--batch-rows', '100')).late_hits > 1000);
    for (const how of [[], ['--threads', '1', '--shards', '200']]) {
      const [message, ...more] = messagesOf(await run('process', 'mixed.csv', '--lateness', 'all', ...how));
      assert.deepEqual([message?.lateness, message?.orbit_detail, more], ['all', 'full', []]);
    }
  });

  it('is refused where it has no meaning, in plain words', async (context) => {
    const { run } = await folderOf(context);
    const needsEnd = /^dtstream: --lateness all needs an input with an end: give INPUT, or --until-end\n$/;
    assertFails(await run('process', '--lateness', 'all'), 2, needsEnd);
    assertFails(await run('process', '--lateness', 'all', '--flush-after', '5s'), 2, needsEnd);
    for (const [flag, value, ...place] of [
      ['--batch-rows', '100', 'mixed.csv'],
      ['--batch-rows', '100', '--until-end'],
      ['--batch-interval', '2s', '--until-end'],
      ['--idle', '2s', '--until-end'],
    ]) {
      const refused = await run('process', ...place, '--lateness', 'all', flag, value);
      assertFails(refused, 2, new RegExp(`${flag} must not be used with --lateness all, which publishes at the end`));
    }
    assertFails(await run('process', '--lateness', 'some'), 2, /must be a whole number from 0 to 2147483648/);
    for (const given of [['--follow'], ['--flush-after', '5s']]) {
      const refused = await run('run', 'mixed.csv', '--lateness', 'all', ...given);
      assertFails(refused, 2, new RegExp(`--lateness all publishes at the end of the input, got ${given[0]}`));
    }
  });
});

describe('process --until-end --lateness all', () => {
  for (const lanes of ['1', '3']) {
    it(`publishes a topic once with ${lanes} lanes, as verify says, and is not continued`, async (context) => {
      const { run } = await folderOf(context);
      const inOrder = summaryOf(await run('process', 'rows.csv', '--summary'));
      await run('produce', 'mixed.csv', '--rate', 'max', '--partitions', '4');
      const all = ['process', '--until-end', '--lateness', 'all', '--lanes', lanes];
      assert.deepEqual(outcome(await run(...all)), okay);
      const verified = await run('verify');
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
      const messages = messagesOf(await run('watch', '--json', '--until-end', '--from', 'earliest'));
      assert.equal(messages.length, Number(lanes));
      assert.equal(messages.reduce((sum, { orbits }) => sum + orbits, 0), inOrder.orbits); // prettier-ignore
      assert.deepEqual(outcome(await run(...all)), okay);
      const other = ['process', '--until-end', '--lanes', lanes];
      assertFails(await run(...other), 2, /^dtstream: cannot continue with group dtstream without --lateness all: /);
      assert.deepEqual(outcome(await run(...other, '--group', 'other', '--lateness', '1M')), okay);
      const switched = await run(...all, '--group', 'other');
      assertFails(switched, 2, /^dtstream: cannot continue with group other with --lateness all: it has counted rows/);
      await run('produce', 'rows.csv', '--rate', 'max');
      assertFails(await run(...all), 2, /it has counted all rows of data_raw that were there, and more have come/);
      assert.deepEqual(outcome(await run(...all, '--reset')), okay);
      assert.match((await run('verify', '--group', 'dtstream')).stdout, /^equal over 12,000 rows/);
    });
  }
});
