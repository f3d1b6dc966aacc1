import assert from 'node:assert/strict';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { type RunningCli, runCommand, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertDone, assertProduced, openProduced } from './produced.js';

const row = (channel: number): string => `2,0,${channel},5,6,7`;
const lines = (...channels: readonly number[]): string => channels.map((channel) => `${row(channel)}\n`).join('');

/** Resolves when a process has said something like this. */
async function stderrSays({ child }: RunningCli, pattern: RegExp): Promise<void> {
  let said = '';
  for await (const text of child.stderr.iterator({ destroyOnReturn: false })) {
    said += String(text);
    if (pattern.test(said)) return;
  }
  throw new Error(`ended and said only: ${said}`);
}

describe('produce --follow on a folder', () => {
  test('goes on to later files, warns of those that come too late, and resumes with and without it', async (t) => {
    const folder = tempFolder(t, { 'daq/run_1.csv': lines(1, 2), 'daq/run_2.csv': lines(3) });
    const path = (name: string): string => join(folder, 'daq', name);
    const produced = await openProduced(t, folder);
    const args = ['produce', 'daq', '--follow', '--resume', '--rate', 'max'];
    const running = startCli(args, { cwd: folder });
    await produced.moreThan(2);
    appendFileSync(path('run_2.csv'), `${row(4)}\n2,0,5`);
    await produced.moreThan(3);
    // A row that is not whole waits for its end, unless the file is left: this one comes in time.
    writeFileSync(path('run_10.csv'), lines(6));
    appendFileSync(path('run_2.csv'), ',5,6,7\n');
    await stderrSays(running, /run_2\.csv ends after 3 rows; continuing with .*run_10\.csv\n/);
    await produced.moreThan(5);
    writeFileSync(path('run_3.csv'), lines(100));
    await stderrSays(running, /daq\/run_3\.csv appeared after a later file was begun: it is not read\n/);
    appendFileSync(path('run_2.csv'), lines(101));
    await stderrSays(
      running,
      /daq\/run_2\.csv grew from \d+ to \d+ bytes after it was left: the rows .* are not read\n/,
    );
    appendFileSync(path('run_10.csv'), lines(7));
    await produced.moreThan(6);
    running.child.kill('SIGINT');
    assertDone(await running.result());

    // The file that came too late is passed over by --follow; without it, it has to go.
    appendFileSync(path('run_10.csv'), lines(8));
    const late = await runCommand([...args, '--limit', '8'], { cwd: folder });
    assert.match(late.stderr, /the files before .*run_10\.csv are not the same as before/);
    rmSync(path('run_3.csv'));
    appendFileSync(path('run_10.csv'), lines(9));
    assertDone(await runCommand(['produce', 'daq', '--resume', '--rate', 'max'], { cwd: folder }));
    appendFileSync(path('run_10.csv'), lines(10));
    assertDone(await runCommand([...args, '--limit', '10'], { cwd: folder }));
    await assertProduced(folder, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(row));
  });

  test('finds what was written under the name that the input had before', async (t) => {
    const folder = tempFolder(t, { 'daq/run_1.csv': lines(1, 2) });
    const file = join(folder, 'daq/run_1.csv');
    assertDone(await runCommand(['produce', 'daq/run_1.csv', '--resume', '--rate', 'max'], { cwd: folder }));
    const log = await openEmbeddedLog({ dir: join(folder, '.dtstream') });
    const writer = await log.openWriter('data_raw');
    assert.ok(await writer.resumePoint(`files ${JSON.stringify([file])}`), 'as it was named before');
    await writer.close();
    await log.close();
    appendFileSync(file, lines(3));
    const args = ['produce', 'daq', '--follow', '--resume', '--rate', 'max', '--limit', '3'];
    const { stderr } = await runCommand(args, { cwd: folder });
    assert.match(stderr, /resuming after row 2/);
    await assertProduced(folder, [1, 2, 3].map(row));
  });
});
