import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { csvHeader } from '../../../src/domain/hit.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { type CliResult, type RunningCli, assertFails, runCli, startCli } from '../../helpers/cli.js';
import { textsOfLines, textsOfWords } from '../../pipeline/produce/rows.js';
import { readAll } from '../../sources/read-all.js';
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

async function kill({ child }: RunningCli, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

describe('dtstream produce, ended and begun again', () => {
  for (const [what, name, format] of [
    ['a file of lines', 'run.csv', 'csv'],
    ['a packed file', 'run.csv.gz', 'csv'],
    ['words', 'run.dat', 'words'],
  ] as const) {
    test(`goes on after kill -9 with ${what}: no row is lost or repeated`, async (t) => {
      const bytes = await simulated(40_000, format);
      const folder = tempFolder(t, { [name]: name.endsWith('.gz') ? gzipSync(bytes) : bytes });
      const produced = await openProduced(t, folder);
      const args = ['produce', name, '--resume', '--rate', '50k', '--linger', '1ms', '--encoding', 'words'];
      let written = 0;
      for (let round = 0; round < 3; round++) {
        const running = startCli(args, { cwd: folder });
        written = await produced.moreThan(written);
        await kill(running, 'SIGKILL');
      }
      const result = await runCli(args, { cwd: folder });
      assertDone(result);
      assert.match(result.stderr, /, [\d,]+ rows were written before\n$/);
      await assertProduced(folder, format === 'csv' ? textsOfLines(bytes) : textsOfWords(bytes));
    });
  }

  test('is refused while another one writes the input, which comes once', async (t) => {
    const bytes = await simulated(30_000, 'csv');
    const folder = tempFolder(t, { 'run.csv': bytes });
    const produced = await openProduced(t, folder);
    const args = ['produce', 'run.csv', '--resume', '--linger', '1ms', '--encoding', 'words'];
    const first = startCli([...args, '--rate', '3k'], { cwd: folder });
    await produced.moreThan(0);
    const second = await runCli([...args, '--rate', 'max'], { cwd: folder });
    assertFails(second, 1, new RegExp(`another produce is writing this input \\(process ${first.child.pid}\\)`));
    first.child.stdin.end();
    assertDone(await first.result());
    await assertProduced(folder, textsOfLines(bytes));
  });

  test('goes on after kill -9 with the simulator, up to its limit over all', async (t) => {
    const folder = tempFolder(t);
    const produced = await openProduced(t, folder);
    const args = ['produce', '--resume', '--rate', '50k', '--linger', '1ms', '--limit', '30k'];
    const first = startCli(args, { cwd: folder });
    await produced.moreThan(0);
    await kill(first, 'SIGKILL');
    assertDone(await runCli(args, { cwd: folder }));
    await assertProduced(folder, textsOfLines(await readAll(openSimulator({ rows: 30_000 }))));
    const again = await runCli(args, { cwd: folder });
    assertDone(again);
    assert.equal(again.stderr, 'dtstream: 0 rows in 0.0 s, 30,000 rows were written before\n');
  });

  test('goes on with files that were added to a directory, unless they come before', async (t) => {
    const rows = [1, 2, 3, 4].map((channel) => `2,0,${channel},5,6,7`);
    const folder = tempFolder(t, { 'runs/run_1.csv': rows[0], 'runs/run_9.csv': rows[1] });
    const run = (): Promise<CliResult> => runCli(['produce', 'runs', '--resume', '--quiet'], { cwd: folder });
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
    const running = startCli(args, { cwd: folder });
    await produced.moreThan(500);
    running.child.kill('SIGTERM');
    const result = await running.result();
    assertDone(result);
    assert.match(result.stderr, /dtstream: stopped after [\d,]+ rows in .* of 5,000 rows\/s requested/);
    assertDone(await runCli(args, { cwd: folder }));
    const rows = [bytes.subarray(0, 40_000), bytes.subarray(40_000)].flatMap(textsOfLines);
    await assertProduced(folder, rows);
  });

  test('follows a file that grows and is rotated, keeps a row that is not whole, and goes on later', async (t) => {
    const folder = tempFolder(t, { 'live.csv': `${csvHeader}\n2,0,1,5,6,7\n2,0,2,5` });
    const path = join(folder, 'live.csv');
    const produced = await openProduced(t, folder);
    const args = ['produce', 'live.csv', '--follow', '--resume', '--rate', 'max'];
    const running = startCli(args, { cwd: folder });
    await produced.moreThan(0);
    appendFileSync(path, ',6,7\n2,0,3,5,6,7\n');
    await produced.moreThan(2);
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, '2,0,4,5,6,7');
    writeFileSync(path, `${csvHeader}\n2,0,5,5,6,7\n2,0,6,5`);
    await produced.moreThan(4);
    running.child.kill('SIGINT');
    assertDone(await running.result());
    appendFileSync(path, ',6,7\n2,0,7,5,6,7\n');
    assertDone(await runCli([...args, '--limit', '7'], { cwd: folder }));
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
