import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertHarmless } from '../../helpers/assert/assert-harmless.js';
import { assertFails, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { sampleMessage } from '../../tui/sample-messages.js';
import { openResults } from '../results.js';

const hostile = 'a\x1b[2J\x9b1m\u202eb';
const shown = String.raw`a\x1b[2J\x9b1m\u{202e}b`;

describe('text that reaches a terminal', { concurrency: 2 }, () => {
  it('is harmless in the name of a file, on stderr as text and as JSON', async (t) => {
    const cwd = tempFolder(t, { [`${hostile}.csv`]: '"HEAD"\n', 'ok.csv': '2,0,1,5,6,7\n' });
    for (const format of ['text', 'json']) {
      const { code, stderr } = await runCommand(['process', `${hostile}.csv`, '--summary', '--log-format', format], {
        cwd,
      });
      assert.equal(code, 1);
      assertHarmless(stderr);
      if (format === 'text') assert.ok(stderr.includes(`cannot read ${shown}.csv: `), stderr);
      else assert.ok((JSON.parse(stderr) as { message: string }).message.includes(`cannot read ${hostile}.csv: `));
    }
    const absent = await runCommand(['process', `${hostile}\nok.csv`], { cwd });
    assertFails(
      absent,
      1,
      /^dtstream: cannot read a\\x1b\[2J\\x9b1m\\u\{202e\}b\\nok\.csv: no such file or directory$/m,
    );
  });

  it('is harmless in what is wrong on the command line, in the environment and in a file', async (t) => {
    const cwd = tempFolder(t, { 'bad.yaml': `defaults: {rate: ${JSON.stringify(hostile)}, "x\\u009by": 1}\n` });
    const results = await Promise.all([
      runCommand([hostile], { cwd }),
      runCommand(['produce', '--rate', hostile], { cwd }),
      runCommand(['produce', `--${hostile}`], { cwd }),
      runCommand(['produce'], { cwd, env: { DTSTREAM_RATE: hostile } }),
      runCommand(['produce', '--config', 'bad.yaml'], { cwd }),
      runCommand(['topics', '--store', hostile], { cwd }),
    ]);
    for (const { code, stdout, stderr } of results) {
      assert.ok(code === 1 || code === 2, stderr);
      assert.match(stderr, /^dtstream: [^\n]+\n$/);
      assert.ok(stderr.includes(shown), stderr);
      assertHarmless(stdout + stderr);
    }
    const lint = await runCommand(['config', 'lint', 'bad.yaml'], { cwd });
    assertHarmless(lint.stdout);
    assert.ok(lint.stdout.includes(shown) && lint.stdout.includes(String.raw`"x\x9by"`), lint.stdout);
  });

  it('is harmless in config show, which still says the same', async (t) => {
    const cwd = tempFolder(t);
    const env = { DTSTREAM_STORE: hostile };
    const asText = await runCommand(['config', 'show', 'topics'], { cwd, env });
    assertHarmless(asText.stdout);
    const again = tempFolder(t, { 'dtstream.yaml': asText.stdout });
    for (const place of [{ cwd, env }, { cwd: again }]) {
      const { stdout } = await runCommand(['config', 'show', 'topics', '--json'], place);
      assertHarmless(stdout);
      const { commands } = JSON.parse(stdout) as { commands: { topics: { store: { value: string } } } };
      assert.equal(commands.topics.store.value, hostile);
    }
  });

  it('is harmless in foreign messages, in every way to look at them', async (t) => {
    const cwd = tempFolder(t);
    const look = (...args: readonly string[]): ReturnType<typeof runCommand> =>
      runCommand([...args, '--store', 'log'], { cwd });
    assert.equal((await look('produce', '--limit', '2k', '--rate', 'max')).code, 0);
    assert.equal((await look('process', '--until-end', '--threads', '1')).code, 0);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const foreign = `${hostile}\nequal over 5 rows`;
    await publish(foreign, sampleMessage(0, { producer: hostile }), { ...sampleMessage(1), msg_ID: hostile });
    const other = join(cwd, 'other');
    await (await openResults(t, other)).publish(foreign, sampleMessage(0, { producer: hostile }));
    const [plain, once, several, verify, asJson, topics] = await Promise.all([
      runCommand(['watch', '--plain', '--until-end', '--store', other]),
      runCommand(['watch', '--once', '--store', other]),
      look('watch', '--once'),
      look('verify'),
      look('verify', '--json'),
      look('topics'),
    ]);
    for (const { stdout, stderr } of [plain, once, several, verify, asJson, topics]) assertHarmless(stdout + stderr);
    assert.match(plain.stdout, / {2}a\?\[2J\?1m\?b #0 {2}/);
    assert.ok(several.stderr.includes(`several groups publish here (${shown}, dtstream)`), several.stderr);
    // A line of somebody else's is none of ours.
    assert.doesNotMatch(verify.stdout, /^equal/m);
    assert.ok(verify.stdout.includes(String.raw`${shown}\nequal over 5 rows`), verify.stdout + verify.stderr);
    assert.ok(JSON.stringify(JSON.parse(asJson.stdout)).includes(JSON.stringify(foreign).slice(1, -1)), asJson.stdout);
  });
});

describe('a secret in the wrong place', { concurrency: 2 }, () => {
  for (const value of [
    'http//me:hunter2@host',
    'https://me:hunter2@host:99999',
    'me:hunter2@host',
    'https://me:hun/ter2@host',
    'ftp://hunter2@host',
  ]) {
    it(`is never shown: ${value}`, async (t) => {
      const cwd = tempFolder(t, {
        'endpoint.yaml': JSON.stringify({ s3: { endpoint: value } }),
        'brokers.yaml': JSON.stringify({ kafka: { brokers: [value] } }),
        'rate.yaml': JSON.stringify({ commands: { produce: { rate: value } } }),
      });
      const s3 = ['process', 's3://runs/', '--summary'];
      const results = await Promise.all([
        runCommand([...s3, '--s3-endpoint', value], { cwd }),
        runCommand([...s3, '--s3-endpont', value], { cwd }),
        runCommand([...s3, `--s3-endpont=${value}`], { cwd }),
        ...['DTSTREAM_S3_ENDPOINT', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'].map((name) =>
          runCommand(s3, { cwd, env: { [name]: value } }),
        ),
        runCommand([...s3, '--config', 'endpoint.yaml'], { cwd }),
        runCommand(['topics', '--brokers', value], { cwd }),
        runCommand(['doctor', '--brokers', value], { cwd }),
        runCommand(['watch', '--json', '--brokers', value], { cwd }),
        runCommand(['bench', '--brokers', value], { cwd }),
        runCommand(['topics'], { cwd, env: { DTSTREAM_BROKERS: value } }),
        runCommand(['topics', '--config', 'brokers.yaml'], { cwd }),
        runCommand(['config', 'lint', 'endpoint.yaml'], { cwd }),
        runCommand(['config', 'lint', 'brokers.yaml'], { cwd }),
        runCommand(['produce', '--rate', value], { cwd }),
        runCommand(['produce'], { cwd, env: { DTSTREAM_RATE: value } }),
        runCommand(['produce', '--config', 'rate.yaml'], { cwd }),
        runCommand([value], { cwd }),
      ]);
      for (const [index, { code, stdout, stderr }] of results.entries()) {
        assert.doesNotMatch(stdout + stderr, /hunter2|ter2/, `${index}`);
        assert.ok(code === 1 || code === 2, `${index}: ${stdout}${stderr}`);
      }
      for (const name of ['DTSTREAM_S3_ENDPOINT', 'AWS_ENDPOINT_URL_S3', 'DTSTREAM_BROKERS']) {
        const { stdout, stderr } = await runCommand(['config', 'show'], { cwd, env: { [name]: value } });
        assert.doesNotMatch(stdout + stderr, /hunter2|ter2/, name);
      }
    });
  }
});
