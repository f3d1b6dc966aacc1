import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assertFails, messagesOf, runCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { run } from '../common/line.js';

const kept = new URL('../../../../test/integration/older-versions/kept-store/', import.meta.url);
const rowsBefore = 700;
const rowsMore = 500;
const flags = ['--lateness', '100', '--quiet'];

/**
 * A store from before messages named their history: 700 rows in three partitions, of which its group had 51 open when it was stopped, and
 * as text the rows that come after them.
 */
function keptStore(context: TestContext): string {
  const folder = tempFolder(context);
  const store = join(folder, '.dtstream');
  mkdirSync(join(store, 'topics', 'data_raw'), { recursive: true });
  mkdirSync(join(store, 'outputs'));
  cpSync(new URL('store.json', kept), join(store, 'store.json'));
  const unpack = (name: string, to: string): void =>
    writeFileSync(join(folder, to), gunzipSync(readFileSync(new URL(`${name}.gz`, kept))));
  unpack('data_raw.mdb', '.dtstream/topics/data_raw/data.mdb');
  unpack('outputs.mdb', '.dtstream/outputs/data.mdb');
  unpack('rest.csv', 'rest.csv');
  return folder;
}

describe('a store and a group of an older version', () => {
  it('are verified as they are', async (context) => {
    const { stdout } = await run(keptStore(context), 'verify', '--quiet');
    assert.match(
      stdout,
      /^equal except 5 late orbits over 700 rows .*\n51 of them are in open orbits, not yet published/,
    );
  });

  it('go on under this one: what was open is published, each row counts once, ids have no gap', async (context) => {
    const folder = keptStore(context);
    await run(folder, 'process', '--until-end', ...flags);
    await run(folder, 'produce', 'rest.csv', '--rate', 'max', '--quiet');
    await run(folder, 'process', '--until-end', ...flags);
    // The rows after the kept ones were simulated apart: a few more than 1 % of all are late.
    const { stdout } = await runCli(['verify', '--quiet'], { cwd: folder });
    assert.match(stdout, new RegExp(`^equal .*over ${(rowsBefore + rowsMore).toLocaleString('en-US')} rows`));
    const messages = messagesOf(await runCli(['watch', '--json', '--until-end'], { cwd: folder }));
    assert.deepEqual(
      messages.map(({ msg_ID }) => msg_ID),
      messages.map((_, index) => index),
    );
    assert.deepEqual([messages[0].history, typeof messages.at(-1)?.history], [undefined, 'string']);
    const { stdout: sums } = await run(folder, 'watch', '--once');
    assert.match(sums, /\nrows read 1,200 /);
  });

  it('note their geometry from then on: the one that continues them', async (context) => {
    const folder = keptStore(context);
    const config = ['--config', join(folder, 'other.yaml')];
    writeFileSync(config[1], 'geometry: { triggers: [{ fpga: 0, channel: 200 }] }');
    const before = await runCli(['verify', '--quiet', ...config], { cwd: folder });
    assert.deepEqual([before.code, /differ in \d+ bins/.test(before.stderr)], [1, true], before.stderr);
    await run(folder, 'process', '--until-end', ...flags);
    assertFails(
      await runCli(['process', '--until-end', ...flags, ...config], { cwd: folder }),
      2,
      /it counts with the default/,
    );
    assertFails(
      await runCli(['verify', '--quiet', ...config], { cwd: folder }),
      3,
      /the geometry must be that of group/,
    );
  });

  it('note the topic from then on, and begin anew by --reset whatever the clock says', async (context) => {
    const folder = keptStore(context);
    await run(folder, 'produce', 'rest.csv', '--rate', 'max', '--quiet');
    await run(folder, 'process', '--until-end', ...flags);
    await run(folder, 'process', '--until-end', '--reset', ...flags);
    const { stdout } = await run(folder, 'verify', '--quiet');
    assert.match(stdout, /over 1,200 rows/);
    const { stdout: sums } = await run(folder, 'watch', '--once');
    assert.match(sums, /\nrows read 1,200 /);
  });
});
