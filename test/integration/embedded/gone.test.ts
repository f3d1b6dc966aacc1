import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertFails, messagesOf, runCli, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { openProduced } from '../../commands/produce/produced.js';

const gone = /the store must stay where it is while it is in use, but was deleted, moved or replaced$/m;

describe('a store that is deleted while produce, process and watch use it', () => {
  test('ends produce and process with a line each; watch goes on with the one made anew', async (t) => {
    const folder = tempFolder(t);
    const produced = await openProduced(t, folder);
    const line = [
      startCli(['produce', '--rate', '5000', '--quiet'], { cwd: folder }),
      startCli(['process', '--quiet', '--batch-interval', '200ms'], { cwd: folder }),
    ];
    const watch = startCli(['watch', '--json', '--from', 'earliest'], { cwd: folder });
    t.after(() => [...line, watch].map(({ child }) => child.kill('SIGKILL')));
    await produced.moreThan(0);
    assert.ok(await watch.nextLine());
    // A row that arrives during the deletion creates a file again.
    rmSync(join(folder, '.dtstream'), { recursive: true, maxRetries: 10 });
    for (const { result } of line) assertFails(await result(), 1, gone);
    const args = ['produce', '--rate', 'max', '--limit', '2000', '--sim', 'seed=7', '--quiet'];
    assert.equal((await runCli(args, { cwd: folder })).code, 0);
    const summary = await runCli(['process', '--until-end', '--quiet'], { cwd: folder });
    assert.deepEqual([summary.code, summary.stderr], [0, '']);
    assert.match((await runCli(['verify'], { cwd: folder })).stdout, /^equal over 2,000 rows/);
    // Ids begin anew with the store.
    let rows = NaN;
    while (rows !== 2000) {
      const text = await watch.nextLine();
      assert.ok(text);
      const [message] = messagesOf({ stdout: `${text}\n` });
      rows = (message.msg_ID === 0 ? 0 : rows) + message.ledger.rows_read;
    }
    watch.child.kill('SIGTERM');
    const { code, stderr } = await watch.result();
    assert.equal(code, 0);
    assert.equal(stderr.match(/starting over with the new messages/g)?.length, 1, stderr);
  });
});
