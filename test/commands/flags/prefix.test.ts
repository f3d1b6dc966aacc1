import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TopicsReport } from '../../../src/commands/topics/report.js';
import { defaultNames, namePrefix, withPrefix } from '../../../src/commands/flags/prefix.js';
import { assertFails, messagesOf, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

const nameLetters = ['a', 'z', 'A', 'Z', '0', '9', '.', '_', '-'];
const names = fc.string({ unit: fc.constantFrom(...nameLetters), minLength: 1, maxLength: 20 });

describe('--prefix', () => {
  it('keeps two users of one log apart, in every command', async (t) => {
    const cwd = tempFolder(t);
    const run = async (prefix: string, ...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCommand([...args, '--prefix', prefix], { cwd });
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const rows = { 'alice.': 400, 'bob.': 300 };
    for (const [prefix, count] of Object.entries(rows)) {
      await run(prefix, 'produce', '--limit', String(count), '--rate', 'max', '--quiet');
    }
    for (const [prefix, count] of Object.entries(rows)) {
      await run(prefix, 'process', '--until-end', '--quiet', '--threads', '1');
      const messages = messagesOf({ stdout: await run(prefix, 'watch', '--json', '--until-end') });
      assert.equal(messages.reduce((sum, { ledger }) => sum + ledger.rows_read, 0), count); // prettier-ignore
      assert.deepEqual(new Set(messages.map(({ producer }) => producer)), new Set([`${prefix}dtstream/0`]));
      assert.match(await run(prefix, 'verify'), new RegExp(`^equal over ${count} rows`));
      const { topics, groups } = JSON.parse(await run(prefix, 'topics', '--json')) as TopicsReport;
      assert.deepEqual(
        topics.map(({ topic }) => topic),
        ['data_clean', 'data_raw', 'data_rejected'].map((topic) => prefix + topic),
      );
      assert.deepEqual(
        groups.map(({ group, topic }) => [group, topic]),
        [[`${prefix}dtstream`, `${prefix}data_raw`]],
      );
    }
    const all = JSON.parse((await runCommand(['topics', '--json'], { cwd })).stdout) as TopicsReport;
    assert.deepEqual([all.topics.length, all.groups.length], [6, 2]);
  });

  it('counts from the environment too, and is not put in front of a name that begins with it', async (t) => {
    const cwd = tempFolder(t);
    const env = { DTSTREAM_PREFIX: 'alice.' };
    const produce = ['produce', '--limit', '10', '--rate', 'max', '--partitions', '1', '--quiet'];
    for (const topic of ['own', 'alice.own']) {
      assert.equal((await runCommand([...produce, '--topic', topic], { cwd, env })).code, 0);
    }
    const { stdout } = await runCommand(['topics'], { cwd });
    assert.match(stdout, /\nalice\.own +0 +0 +20 +20 /);
    const doctor = await runCommand(['doctor', '--topic', 'own', '--group', 'night'], { cwd, env });
    assert.match(
      doctor.stdout,
      /group alice\.night has not read 20 messages of alice\.own, .*start it: dtstream process --prefix alice\. --topic alice\.own --group alice\.night\n/,
    );
  });

  it('must be a name of a topic, and so must be the name with it', async (t) => {
    const cwd = tempFolder(t);
    for (const prefix of ['alice/', '', 'a'.repeat(101)]) {
      const refused = await runCommand(['topics', '--prefix', prefix], { cwd });
      assertFails(refused, 2, /: --prefix must be 1 to 100 characters of A-Z a-z 0-9 \. _ -, got /);
    }
    for (const prefix of ['d', 'data_', 'dtstream']) {
      const refused = await runCommand(['topics', '--prefix', prefix], { cwd });
      assertFails(refused, 2, /: --prefix must not be the beginning of (data_raw|dtstream), got /);
    }
    const long = await runCommand(['produce', '--prefix', 'alice.', '--topic', 'a'.repeat(244)], { cwd });
    assertFails(long, 2, /: --topic must be at most 249 characters with --prefix, got 250\n/);
    const results = await runCommand(['produce', '--prefix', 'alice.', '--topic', 'data_clean'], { cwd });
    assertFails(results, 2, /must not be a topic that process publishes to, got alice\.data_clean\n/);
  });

  it('gives names that begin with it, each its own, and the same again for them', () => {
    fc.assert(
      fc.property(names, names, names, (text, one, other) => {
        fc.pre(!defaultNames.some((name) => name.startsWith(text)));
        const prefix = namePrefix(text);
        const whole = withPrefix(prefix, one);
        assert.ok(whole.startsWith(prefix) && whole.endsWith(one));
        assert.equal(withPrefix(prefix, whole), whole);
        if (one !== other && ![one, other].some((name) => name.startsWith(prefix))) {
          assert.notEqual(whole, withPrefix(prefix, other));
        }
      }),
    );
  });
});
