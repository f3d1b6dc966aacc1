import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assertFails, messagesOf, runCommand, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { sampleMessage } from '../../tui/sample-messages.js';
import { openResults } from '../results.js';

const here = ['--store', 'log'];
/** Of the sample messages. */
const unjudged =
  'dtstream: messages without physics (process --physics off, or an older version): tests have no data\n';

describe('dtstream watch without a terminal', { concurrency: 2 }, () => {
  it('prints each message as it is with --json, also what no dashboard could read', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const values = ['{"msg_ID" :0,  "new key":[1.50]}', 'no JSON', '', '{"hit_count":"ü"}'];
    await publish(values[0], values[1]);
    await publish(...values.slice(2));
    const result = await runCommand(['watch', '--json', '--until-end', ...here], { cwd });
    assert.deepEqual(result, { code: 0, signal: null, stdout: `${values.join('\n')}\n`, stderr: '' });
  });

  it('prints a line a message, and says on stderr what is unreadable', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish(sampleMessage(0), 'no JSON', sampleMessage(1));
    const { code, stdout, stderr } = await runCommand(['watch', '--until-end', ...here], { cwd });
    assert.equal(code, 0);
    const [where, when, ...lines] = stdout.split('\n');
    assert.match(where, /^# group dtstream {2}data_clean of embedded log log {2}.*dtstream test$/);
    assert.match(when, /^# since 2024-\S+ \S+ UTC {2}run 0 {2}from orbit 3000000000$/);
    assert.match(lines.join('\n'), /^2024-\S+Z {2}dtstream\/0 #0 {2}\S+ hits \[.*\n\S+ {2}dtstream\/0 #1 {2}.*\n$/);
    assert.equal(stderr, `${unjudged}dtstream: unreadable message: no JSON in 7 bytes\n`);
  });

  it('says with --plain how many messages of each producer are gone, where all that are there are read', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish(...[3, 4].map((id) => sampleMessage(id)), sampleMessage(1, { producer: 'dtstream/1' }));
    const plain = (...flags: string[]) => runCommand(['watch', '--plain', '--until-end', ...flags, ...here], { cwd });
    const heads = (stdout: string): string[] => stdout.split('\n').map((line) => line.replace(/^\d\S*Z {2}/, '').replace(/ {2}\S+ hits .*/, '')); // prettier-ignore
    assert.deepEqual(heads((await plain()).stdout).slice(2), [
      '# dtstream/0 since message 3: 3 older are gone',
      'dtstream/0 #3',
      'dtstream/0 #4',
      '# dtstream/1 since message 1: 1 older is gone',
      'dtstream/1 #1',
      '',
    ]);
    assert.doesNotMatch((await plain('--from', '2020-01-01')).stdout, /gone/);
  });

  it('prints the sums of all there is with --once', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const empty = await runCommand(['watch', '--once', ...here], { cwd });
    assert.deepEqual([empty.code, empty.stderr], [0, '']);
    assert.match(
      empty.stdout,
      /^no message\ndata_clean of embedded log log {2}dtstream test\n0 hits in 0 messages, taken 20\S+ \S+ UTC\n/,
    );
    const messages = [0, 1, 2].map((id) => sampleMessage(id));
    await publish(...messages);
    const { code, stdout, stderr } = await runCommand(['watch', '--once', ...here], { cwd });
    const hits = messages.reduce((sum, { hit_count }) => sum + hit_count, 0);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^2024-\S+ \S+ to \S+ UTC {2}run 0 .* with pauses\)\ngroup dtstream {2}data_clean of embedded log log .*dtstream test\n/,
    );
    assert.ok(stdout.includes(`\n${hits.toLocaleString('en-US')} hits in 3 messages, taken `));
    const brief = await runCommand(['watch', '--brief', ...here], { cwd });
    assert.ok(stdout.startsWith(brief.stdout.split('\n')[0]), brief.stdout);
    assert.ok(brief.stdout.trimEnd().split('\n').length <= 12);
    assert.match(brief.stdout, /^verdict {2}\? .+$/m);
    messages[0].hit_count_chamber.forEach((_, chamber) => {
      const own = messages.reduce((sum, message) => sum + message.hit_count_chamber[chamber], 0);
      assert.ok(stdout.includes(`\nchamber ${chamber}  ${own.toLocaleString('en-US')} hits `));
    });
  });

  it('takes the group that is named, or the only one', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const messages = ['a/0', 'b/0', 'a/1'].map((producer) => sampleMessage(0, { producer }));
    await publish('no JSON', ...messages.slice(0, 1));
    const only = await runCommand(['watch', '--once', ...here], { cwd });
    assert.match(only.stdout, / hits in 1 message, /);
    await publish(...messages.slice(1));
    for (const how of ['--once', '--plain']) {
      const several = await runCommand(['watch', how, '--until-end', ...here], { cwd });
      assert.match(several.stderr, /^dtstream: several groups publish here \(a, b\): choose one with --group$/m);
      assert.equal(several.code, 2);
    }
    const one = await runCommand(['watch', '--once', '--group', 'a', ...here], { cwd });
    assert.match(one.stdout, / hits in 2 messages, /);
    const lines = await runCommand(['watch', '--json', '--until-end', '--group', 'b', ...here], { cwd });
    assert.equal(lines.stdout, `no JSON\n${JSON.stringify(messages[1])}\n`);
    const all = await runCommand(['watch', '--json', '--until-end', ...here], { cwd });
    assert.equal(all.stdout, ['no JSON', ...messages.map((one) => JSON.stringify(one)), ''].join('\n'));
  });

  it('names the groups there are where the one asked for is not', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish(sampleMessage(0, { producer: 'shift/0' }), sampleMessage(0, { producer: 'night/0' }));
    const typo = await runCommand(['watch', '--once', '--group', 'shfit', ...here], { cwd });
    assertFails(typo, 1, /: no group shfit; there are: night, shift\n/);
    const running = startCli(['watch', '--plain', '--group', 'later', ...here], { cwd });
    const [said] = (await once(running.child.stderr, 'data')) as [Buffer];
    assert.match(said.toString(), /no message of group later yet; there are: night, shift\n/);
    await publish(sampleMessage(0, { producer: 'later/0' }));
    assert.match((await running.nextLine()) ?? '', /^# group later {2}/);
    await running.nextLine();
    assert.match((await running.nextLine()) ?? '', / later\/0 #0 /);
    running.child.kill('SIGTERM');
    assert.equal((await running.result()).code, 0);
  });

  it('keeps the group that it shows when another one begins, and says so', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish(sampleMessage(0, { producer: 'a/0' }));
    const running = startCli(['watch', '--plain', ...here], { cwd });
    for (const expected of [/^# group a /, /^# since /, / a\/0 #0 /])
      assert.match((await running.nextLine()) ?? '', expected);
    // Once all that was there is read, which is looked at twice a second.
    await delay(2000);
    await publish(sampleMessage(0, { producer: 'b/0' }), sampleMessage(1, { producer: 'a/0' }));
    assert.match((await running.nextLine()) ?? '', / a\/0 #1 /);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.result();
    assert.deepEqual([code, stderr], [0, `${unjudged}dtstream: group b publishes here, too: showing a only\n`]);
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
      (await runCommand(['watch', '--json', '--until-end', '--from', from, ...here], { cwd })).stdout;
    assert.equal(await seen('earliest'), '"old"\n"new"\n');
    assert.equal(await seen(String(timestampMs + 1)), '"new"\n');
    assert.equal(await seen('latest'), '');
  });

  it('shows the messages of a time and a run only, and ends at a time that has passed', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const messages = [0, 1, 2, 3].map((id) => {
      const message = sampleMessage(id);
      return {
        ...message,
        run: id >> 1,
        batch: { ...message.batch, closed: new Date(Date.UTC(2024, 0, 1, id)).toISOString() },
      };
    });
    await publish(...messages);
    const ids = async (...part: readonly string[]): Promise<number[]> => {
      const { code, stdout, stderr } = await runCommand(['watch', '--json', ...part, ...here], { cwd });
      assert.equal(code, 0, stderr);
      return messagesOf({ stdout }).map(({ msg_ID }) => msg_ID);
    };
    assert.deepEqual(await ids('--to', '2024-01-01T02:00:00Z'), [0, 1]);
    assert.deepEqual(await ids('--until-end', '--run', '1'), [2, 3]);
    assert.deepEqual(await ids('--to', '2024-01-01T03:00:00Z', '--run', '1'), [2]);
    const sums = await runCommand(['watch', '--once', '--run', '0', ...here], { cwd });
    assert.match(sums.stdout, / hits in 2 messages, /);
    const none = await runCommand(['watch', '--once', '--run', '7', ...here], { cwd });
    assertFails(none, 1, /: no message of run 7; there are: runs 0 to 1\n/);
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
      assertFails(await runCommand(['watch', flag, ...here], { cwd }), 1, /cannot open log: there is no log yet/);
    }
    assert.ok(!existsSync(join(cwd, 'log')));
    await openResults(t, join(cwd, 'log'));
    const result = await runCommand(['watch', '--once', '--topic', 'other', ...here], { cwd });
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
    assertFails(await runCommand(['watch', '--json', '--plain']), 2, /'--json' cannot be used with option '--plain'/);
    assertFails(await runCommand(['watch', '--once', '--json']), 2, /'--once' cannot be used with option '--json'/);
    assertFails(
      await runCommand(['watch', '--from', 'then']),
      2,
      /--from must be earliest, latest or a time .*, got then/,
    );
  });
});
