import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertFails, runCli, startCli } from '../../helpers/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { sampleMessage } from '../../tui/sample-messages.js';
import { openResults } from '../results.js';

const here = ['--store', 'log'];

describe('dtstream watch without a terminal', { concurrency: 2 }, () => {
  it('prints each message as it is with --json, also what no dashboard could read', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const values = ['{"msg_ID" :0,  "new key":[1.50]}', 'no JSON', '', '{"hit_count":"ü"}'];
    await publish(values[0], values[1]);
    await publish(...values.slice(2));
    const result = await runCli(['watch', '--json', '--until-end', ...here], { cwd });
    assert.deepEqual(result, { code: 0, signal: null, stdout: `${values.join('\n')}\n`, stderr: '' });
  });

  it('prints one line per message, and says on stderr what is unreadable', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish(sampleMessage(0), 'no JSON', sampleMessage(1));
    const { code, stdout, stderr } = await runCli(['watch', '--until-end', ...here], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^2024-\S+Z {2}dtstream\/0 #0 {2}\S+ hits \[.*\n\S+ {2}dtstream\/0 #1 {2}.*\n$/);
    assert.equal(stderr, 'dtstream: unreadable message: no JSON in 7 bytes\n');
  });

  it('prints the sums of all there is with --once', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const empty = await runCli(['watch', '--once', ...here], { cwd });
    assert.deepEqual([empty.code, empty.stderr], [0, '']);
    assert.match(empty.stdout, /^dtstream {2}WAITING {2}0 messages {2}0 hits\n/);
    const messages = [0, 1, 2].map((id) => sampleMessage(id));
    await publish(...messages);
    const { code, stdout, stderr } = await runCli(['watch', '--once', ...here], { cwd });
    const hits = messages.reduce((sum, { hit_count }) => sum + hit_count, 0);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^dtstream  LIVE  lag .*  3 messages  ${hits.toLocaleString('en-US')} hits\n`));
    messages[0].hit_count_chamber.forEach((_, chamber) => {
      const own = messages.reduce((sum, message) => sum + message.hit_count_chamber[chamber], 0);
      assert.ok(stdout.includes(`\nchamber ${chamber}  ${own.toLocaleString('en-US')} hits `));
    });
  });

  it('takes one group with --group, and says so when it sums several', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const messages = ['a/0', 'b/0', 'a/1'].map((producer) => sampleMessage(0, { producer }));
    await publish('no JSON', ...messages);
    const all = await runCli(['watch', '--once', ...here], { cwd });
    assert.match(all.stdout, / {2}3 messages {2}[^]*2 groups summed, --group NAME selects one\n/);
    const one = await runCli(['watch', '--once', '--group', 'a', ...here], { cwd });
    assert.match(one.stdout, / {2}2 messages {2}/);
    assert.ok(!one.stdout.includes('groups summed'));
    const lines = await runCli(['watch', '--json', '--until-end', '--group', 'b', ...here], { cwd });
    assert.equal(lines.stdout, `no JSON\n${JSON.stringify(messages[1])}\n`);
  });

  it('begins where --from says', async (t) => {
    const cwd = tempFolder(t);
    const { publish, log } = await openResults(t, join(cwd, 'log'));
    await publish('"old"');
    const reader = await log.openReader('data_clean', 'earliest');
    const [{ timestampMs }] = await reader.read({ bytesMax: 1, waitMs: 1000 });
    // Messages are placed by the millisecond.
    while (Date.now() <= timestampMs) await new Promise(setImmediate);
    await publish('"new"');
    const seen = async (from: string): Promise<string> =>
      (await runCli(['watch', '--json', '--until-end', '--from', from, ...here], { cwd })).stdout;
    assert.equal(await seen('earliest'), '"old"\n"new"\n');
    assert.equal(await seen(String(timestampMs + 1)), '"new"\n');
    assert.equal(await seen('latest'), '');
  });

  it('waits for a log that is not there, misses nothing of it, and ends on SIGTERM', async (t) => {
    const cwd = tempFolder(t);
    const running = startCli(['watch', '--json', '--from', 'latest', ...here], { cwd });
    await once(running.child.stderr, 'data');
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish('"first"', '"second"');
    assert.deepEqual([await running.nextLine(), await running.nextLine()], ['"first"', '"second"']);
    await publish('"third"');
    assert.equal(await running.nextLine(), '"third"');
    running.child.kill('SIGTERM');
    const { code, signal, stderr } = await running.result();
    assert.deepEqual([code, signal, stderr], [0, null, 'dtstream: waiting for data_clean of embedded log log\n']);
  });

  it('says plainly that there is no log or no topic to take a snapshot of, and makes none', async (t) => {
    const cwd = tempFolder(t);
    for (const flag of ['--once', '--until-end']) {
      assertFails(await runCli(['watch', flag, ...here], { cwd }), 1, /cannot open log: there is no log yet/);
    }
    assert.ok(!existsSync(join(cwd, 'log')));
    await openResults(t, join(cwd, 'log'));
    const result = await runCli(['watch', '--once', '--topic', 'other', ...here], { cwd });
    assertFails(result, 1, /cannot open topic other: it does not exist in log/);
  });

  it('ends quietly when nobody reads its lines any more', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const running = startCli(['watch', '--json', ...here], { cwd });
    await publish('"read"');
    assert.equal(await running.nextLine(), '"read"');
    running.child.stdout.destroy();
    await publish('"unread"');
    const { code, signal, stderr } = await running.result();
    assert.deepEqual([code, signal, stderr], [0, null, '']);
  });

  it('ends on SIGTERM also while nobody takes its lines', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    // More than pipes and buffers hold, in one message: when its first bytes are here, its writer waits.
    await publish('x'.repeat(4_000_000));
    const { child } = startCli(['watch', '--json', ...here], { cwd });
    await once(child.stdout, 'data');
    child.stdout.pause();
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    child.stdout.resume();
  });

  it('refuses flags that exclude each other and places that are none', async () => {
    assertFails(await runCli(['watch', '--json', '--plain']), 2, /'--json' cannot be used with option '--plain'/);
    assertFails(await runCli(['watch', '--once', '--json']), 2, /'--once' cannot be used with option '--json'/);
    assertFails(await runCli(['watch', '--from', 'then']), 2, /--from must be earliest, latest or a time .*, got then/);
  });
});
