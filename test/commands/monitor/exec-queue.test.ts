import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ExecQueue, queuedMax } from '../../../src/commands/monitor/exec-queue.js';
import { testConsole } from '../../helpers/program/test-process.js';
import { tempFolder } from '../../sources/temp-folder.js';

describe('ExecQueue', { skip: process.platform === 'win32' }, () => {
  it('holds a bounded number of changes for a command that hangs, and says so once', async () => {
    const { console, process } = testConsole();
    const queue = new ExecQueue(console, 'sleep 100', { runMs: 60_000, endMs: 50 });
    for (let change = 0; change < 5000; change++) queue.push(`${change}`);
    await queue.end();
    assert.deepEqual(process.saidLines(), [
      `--exec: ${queuedMax} changes wait for the command: further ones are dropped (said once)`,
      '--exec: the command ended with SIGKILL (said once)',
      '--exec: of the changes 1 failed, 4999 dropped',
    ]);
  });

  it('goes on with the next change after one whose command took too long', async (t) => {
    const { console, process } = testConsole();
    const file = join(tempFolder(t), 'seen');
    const command = `read line; test "$line" = slow && sleep 100; echo "$line" >> '${file}'`;
    const queue = new ExecQueue(console, command, { runMs: 500 });
    for (const change of ['one', 'slow', 'two']) queue.push(change);
    await queue.end();
    assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n');
    assert.deepEqual(process.saidLines(), [
      '--exec: the command did not end within 0.5 s and was killed (said once)',
      '--exec: of the changes 1 failed',
    ]);
  });
});
