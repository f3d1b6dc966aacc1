import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { csvHeader } from '../../../src/domain/hit.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import {
  type CliResult,
  type RunningCli,
  assertFails,
  runCommand,
  startCli,
  startCommand,
} from '../../helpers/program/cli.js';
import { textsOfLines } from '../../pipeline/produce/rows.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertDone, assertProduced, openProduced, simulated } from './produced.js';

/** Resolves when the process has said something that matches. */
async function said({ child }: RunningCli, pattern: RegExp): Promise<void> {
  let text = '';
  for (;;) {
    const [data] = (await once(child.stderr, 'data')) as [Buffer];
    text += data.toString();
    if (pattern.test(text)) return;
  }
}

describe('dtstream produce, ended and begun again', () => {
  test('goes on with files that were added to a directory, unless they come before', async (t) => {
    const rows = [1, 2, 3, 4].map((channel) => `2,0,${channel},5,6,7`);
    const folder = tempFolder(t, { 'runs/run_1.csv': rows[0], 'runs/run_9.csv': rows[1] });
    const run = (): Promise<CliResult> => runCommand(['produce', 'runs', '--resume', '--quiet'], { cwd: folder });
    assertDone(await run());
    writeFileSync(join(folder, 'runs/run_10.csv'), rows[2]);
    assertDone(await run());
    await assertProduced(folder, rows.slice(0, 3));
    writeFileSync(join(folder, 'runs/run_2.csv'), rows[3]);
    assertFails(
      await run(),
      1,
      /cannot resume after .*run_10\.csv: it must be file 3 of the input, after the same files/,
    );
  });

  test('writes what is due and ends well on SIGTERM, so that it can go on', async (t) => {
    const bytes = await simulated(5000);
    const folder = tempFolder(t, { 'a.csv': bytes.subarray(0, 40_000), 'b.csv': bytes.subarray(40_000) });
    const args = ['produce', 'a.csv', 'b.csv', '--resume', '--rate', '5k'];
    const produced = await openProduced(t, folder);
    const running = startCommand(args, { cwd: folder });
    await produced.moreThan(500);
    running.signal('SIGTERM');
    const result = await running.result();
    assertDone(result);
    assert.match(result.stderr, /dtstream: stopped after [\d,]+ rows in .* of 5,000 rows\/s requested/);
    assertDone(await runCommand(args, { cwd: folder }));
    const rows = [bytes.subarray(0, 40_000), bytes.subarray(40_000)].flatMap(textsOfLines);
    await assertProduced(folder, rows);
  });

  test('follows a file that grows and is rotated, keeps a row that is not whole, and goes on later', async (t) => {
    const folder = tempFolder(t, { 'live.csv': `${csvHeader}\n2,0,1,5,6,7\n2,0,2,5` });
    const path = join(folder, 'live.csv');
    const produced = await openProduced(t, folder);
    const args = ['produce', 'live.csv', '--follow', '--resume', '--rate', 'max'];
    const running = startCommand(args, { cwd: folder });
    await produced.moreThan(0);
    appendFileSync(path, ',6,7\n2,0,3,5,6,7\n');
    await produced.moreThan(2);
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, '2,0,4,5,6,7');
    writeFileSync(path, `${csvHeader}\n2,0,5,5,6,7\n2,0,6,5`);
    await produced.moreThan(4);
    running.signal('SIGINT');
    assertDone(await running.result());
    appendFileSync(path, ',6,7\n2,0,7,5,6,7\n');
    assertDone(await runCommand([...args, '--limit', '7'], { cwd: folder }));
    await assertProduced(
      folder,
      [1, 2, 3, 4, 5, 6, 7].map((channel) => `2,0,${channel},5,6,7`),
    );
  });

  test('waits for room while a group needs what a full topic holds, and says so', async (t) => {
    const bytes = await simulated(60_000);
    const folder = tempFolder(t, { 'run.csv': bytes });
    const store = join(folder, '.dtstream');
    const log = await openEmbeddedLog({ dir: store });
    await log.createTopics([{ topic: 'data_raw', partitions: 2, replicationFactor: 1, retentionBytes: 1_000_000 }]);
    const group = { group: 'g', topic: 'data_raw', results: 'clean', rejected: 'rejected', lanes: 1, reset: false };
    const member = await log.joinGroup(group);
    const lease = await member.nextLane(AbortSignal.timeout(20_000));
    t.after(() => log.close());
    const args = ['produce', 'run.csv', '--resume', '--rate', 'max', '--retention', '1MB'];

    const stuck = startCli(args, { cwd: folder });
    await said(stuck, /dtstream: data_raw keeps its 2 partitions/);
    await said(stuck, /dtstream: the log has accepted no rows for/);
    stuck.child.kill('SIGINT');
    await said(
      stuck,
      /dtstream: stopping once the log has accepted the rows already read; a second signal quits immediately/,
    );
    stuck.child.kill('SIGINT');
    assert.equal((await stuck.result()).code, 130);

    const running = startCli(args, { cwd: folder });
    let isDone = false;
    const ended = running.result().finally(() => (isDone = true));
    let found = 0;
    const reader = await lease?.openReader(new Map([[0, 0], [1, 0]])); // prettier-ignore
    while (!isDone) {
      const batches = (await reader?.read({ bytesMax: 200_000, waitMs: 50 })) ?? [];
      found += batches.reduce((sum, { valueEnds }) => sum + valueEnds.length, 0);
      const offsets = new Map(
        [...(reader?.positions() ?? [])].map(([partition, offset]) => [partition, { offset, metadata: '' }]),
      );
      await lease?.commit({ results: [], rejected: [], offsets });
    }
    assertDone(await ended);
    for (let more = 1; more > 0; found += more) {
      const batches = (await reader?.read({ bytesMax: 1 << 20, waitMs: 50 })) ?? [];
      more = batches.reduce((sum, { valueEnds }) => sum + valueEnds.length, 0);
    }
    assert.equal(found, textsOfLines(bytes).length);
  });
});
