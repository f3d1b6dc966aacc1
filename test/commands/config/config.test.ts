import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { assertFails, runCli, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

interface Shown {
  readonly file: string | null;
  readonly commands: Readonly<Record<string, Readonly<Record<string, { value?: unknown; from: string }>>>>;
}

interface Place {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** What `config show --json` says in a folder with these files. */
async function show(context: TestContext, command: string, { files = {}, env = {}, args = [] }: Place): Promise<Shown> {
  const cwd = tempFolder(context, files);
  const result = await runCommand(['config', 'show', command, '--json', ...args], { cwd, env });
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return JSON.parse(result.stdout) as Shown;
}

describe('configuration', { concurrency: 2 }, () => {
  it('takes the environment before the command, the command before all commands, and a default last', async (context) => {
    const file = [
      'store: /from/key',
      'defaults: {threads: 3, lateness: 100, quiet: true, batch-interval: 5s}',
      'commands: {process: {lateness: 200, batch-interval: 6s}}',
    ].join('\n');
    const env = { DTSTREAM_BATCH_INTERVAL: '7s', DTSTREAM_LANES: '' };
    const { process } = (await show(context, 'process', { files: { 'dtstream.yaml': file }, env })).commands;
    assert.deepEqual(process['batch-interval'], { value: '7s', from: 'DTSTREAM_BATCH_INTERVAL' });
    assert.deepEqual(process.lateness, { value: 200, from: './dtstream.yaml:3:32' });
    assert.deepEqual(process.threads, { value: 3, from: './dtstream.yaml:2:21' });
    assert.deepEqual(process.quiet, { value: true, from: './dtstream.yaml:2:46' });
    assert.deepEqual(process.store, { value: '/from/key', from: './dtstream.yaml:1:8' });
    assert.deepEqual(process.lanes, { value: 1, from: 'default' });
    assert.deepEqual(process.idle, { value: '2s', from: 'default' });
    assert.deepEqual(process.brokers, { from: 'not set' });
  });

  it('is the file of the flag, else of DTSTREAM_CONFIG, else ./dtstream.yaml', async (context) => {
    const files = { 'dtstream.yaml': 'store: a', 'b.yaml': 'store: b', 'c.yaml': 'store: c' };
    const env = { DTSTREAM_CONFIG: 'b.yaml' };
    assert.equal((await show(context, 'topics', { files })).file, './dtstream.yaml');
    assert.equal((await show(context, 'topics', { files, env })).file, 'b.yaml');
    assert.equal((await show(context, 'topics', { files, env, args: ['--config', 'c.yaml'] })).file, 'c.yaml');
    assert.equal((await show(context, 'topics', {})).file, null);
  });

  it('has flags of the command line before everything, and a store there before brokers elsewhere', async (context) => {
    const cwd = tempFolder(context, {
      'dtstream.yaml':
        'kafka: {brokers: ["127.0.0.1:1"]}\ndefaults: {broker-wait: 10ms}\ncommands: {simulate: {rows: 7}}',
    });
    assert.equal((await runCommand(['simulate', '--rows', '3'], { cwd })).stdout.split('\n').length, 3 + 2);
    assert.equal((await runCommand(['simulate'], { cwd })).stdout.split('\n').length, 7 + 2);
    const kafka = await runCommand(['topics'], { cwd });
    assertFails(kafka, 1, /cannot reach Kafka at 127\.0\.0\.1:1/);
    const store = await runCommand(['topics', '--store', 'here'], { cwd });
    assertFails(store, 1, /cannot open here: there is no log yet/);
    const variable = await runCommand(['topics'], { cwd, env: { DTSTREAM_STORE: 'there' } });
    assertFails(variable, 1, /cannot open there: there is no log yet/);
  });

  it('breaks the same rules with the same words as flags do', async (context) => {
    const cwd = tempFolder(context, { 'bad.yaml': 'commands:\n  produce:\n    rate: fast\n' });
    const rule = /must be a number of rows per second, such as 1000 or 10k, or max or detector, got fast$/m;
    assertFails(await runCommand(['produce', '--rate', 'fast'], { cwd }), 2, rule);
    assertFails(await runCommand(['produce'], { cwd, env: { DTSTREAM_RATE: 'fast' } }), 2, rule);
    const inFile = await runCommand(['topics', '--config', 'bad.yaml'], { cwd });
    assertFails(inFile, 1, rule);
    assert.match(inFile.stderr, /cannot use bad\.yaml:3:11: commands\.produce\.rate: /);
    const choice = await runCommand(['produce'], { cwd, env: { DTSTREAM_ENCODING: 'xml' } });
    assertFails(choice, 2, /DTSTREAM_ENCODING must be one of csv, words, got xml$/m);
    const isSwitch = await runCommand(['process', 'x.csv'], { cwd, env: { DTSTREAM_SUMMARY: 'perhaps' } });
    assertFails(isSwitch, 2, /DTSTREAM_SUMMARY must be true or false, got perhaps$/m);
  });

  it('does not let what throws work away have a default', async (context) => {
    const cwd = tempFolder(context, { 'reset.yaml': 'defaults: {reset: true}' });
    assertFails(
      await runCommand(['topics', '--config', 'reset.yaml'], { cwd }),
      1,
      /:1:12: .*on the command line only$/m,
    );
    const { process } = (await show(context, 'process', { env: { DTSTREAM_RESET: 'true' } })).commands;
    assert.equal(process.reset, undefined);
  });

  it('lint names every mistake with line and column, and what was meant', async (context) => {
    const text = [
      'defaults: {threads: 0, batchrows: 3}',
      'commands:',
      '  proces: {lanes: 1}',
      '  produce:',
      '    rate: x',
      's3: {endpoint: "http://127.0.0.1:1"}',
    ].join('\n');
    const cwd = tempFolder(context, {
      'bad.yaml': text,
      'keys.yaml': 'strore: x\ngeometri: {}\nkafka: 3\ndefaults: {threads: 0}\n',
      'good.yaml': '',
    });
    const bad = await runCommand(['config', 'lint', 'bad.yaml'], { cwd });
    assert.deepEqual(bad.stdout.split('\n'), [
      'bad.yaml:1:21: defaults.threads: must be a whole number from 1 to 256, got 0',
      'bad.yaml:1:24: defaults: Unrecognized key: "batchrows" (did you mean batch-rows?)',
      'bad.yaml:3:3: commands: Unrecognized key: "proces" (did you mean process?)',
      'bad.yaml:5:11: commands.produce.rate: must be a number of rows per second, such as 1000 or 10k, or max or detector, got x',
      '',
    ]);
    assertFails(bad, 1, /cannot use bad\.yaml: 4 mistakes/);
    const keys = await runCommand(['config', 'lint', 'keys.yaml'], { cwd });
    assert.deepEqual(keys.stdout.split('\n'), [
      'keys.yaml:3:8: kafka: must be a list of keys',
      'keys.yaml:1:1: Unrecognized key: "strore" (did you mean store?)',
      'keys.yaml:2:1: Unrecognized key: "geometri" (did you mean geometry?)',
      'keys.yaml:4:21: defaults.threads: must be a whole number from 1 to 256, got 0',
      '',
    ]);
    const good = await runCommand(['config', 'lint', 'good.yaml'], { cwd });
    assert.deepEqual([good.code, good.stdout, good.stderr], [0, 'good.yaml: ok\n', '']);
    assertFails(await runCommand(['config', 'lint'], { cwd }), 2, /no file to check/);
  });

  it('lint names masked channels that do not exist, and limits of a rate that contradict one another', async (context) => {
    const cwd = tempFolder(context, {
      'default.yaml': 'quality: {masked: ["1:37", "4:0", "3:64"]}',
      'own.yaml':
        'geometry: {chambers: [{fpga: 0, channelFirst: 0, zMm: 0, channels: 8}]}\nquality: {masked: ["0:7", "0:8"]}',
      'wrong.yaml': 'quality: {masked: ["1-37"], lookS: 0.5}',
      'bands.yaml': 'quality: {bandLow: 0.1, alternativeHigh: 1.2}',
    });
    const problems = async (name: string): Promise<string[]> =>
      (await runCommand(['config', 'lint', name], { cwd })).stdout.trimEnd().split('\n');
    assert.deepEqual(await problems('default.yaml'), [
      'default.yaml:1:28: quality.masked.1: there is no chamber 4',
      'default.yaml:1:35: quality.masked.2: there is no channel 64 of chamber 3',
    ]);
    assert.deepEqual(await problems('own.yaml'), [
      'own.yaml:2:27: quality.masked.1: there is no channel 8 of chamber 0',
    ]);
    assert.deepEqual(await problems('wrong.yaml'), [
      'wrong.yaml:1:36: quality.lookS: Too small: expected number to be >=1',
      'wrong.yaml:1:20: quality.masked.0: a channel is chamber:channel, as 1:37',
    ]);
    assert.deepEqual(await problems('bands.yaml'), [
      'bands.yaml:1:10: quality.alternativeLow: alternativeLow must be below bandLow',
      'bands.yaml:1:42: quality.alternativeHigh: alternativeHigh must be above bandHigh',
    ]);
  });

  it('lint names times that no segment can have', async (context) => {
    const chamber = '{fpga: 0, channelFirst: 0, zMm: 0}';
    const cwd = tempFolder(context, {
      'none.yaml': 'geometry: {triggers: []}\nphysics: {time: trigger}',
      'gate.yaml': 'geometry: {triggers: [{fpga: 1, channel: 128, time: false}]}\nphysics: {time: trigger}',
      'alone.yaml': `geometry: {chambers: [${chamber}]}\nphysics: {time: chambers}`,
      'short.yaml': 'geometry: {clock: {orbitBx: 16}}',
      'long.yaml': 'physics: {inTimeNs: [0, 10000]}\ngeometry: {clock: {orbitBx: 400}}',
      'good.yaml': `geometry: {chambers: [${chamber}], triggers: []}\nphysics: {time: auto}`,
    });
    const lint = async (name: string): Promise<string> =>
      (await runCommand(['config', 'lint', `${name}.yaml`], { cwd })).stdout.trimEnd();
    const untimed = 'physics.time: no trigger times a chamber: physics.time must be chambers or auto';
    assert.equal(await lint('none'), `none.yaml:2:17: ${untimed}`);
    assert.equal(await lint('gate'), `gate.yaml:2:17: ${untimed}`);
    assert.match(
      await lint('alone'),
      /^alone\.yaml:2:17: physics\.time: a chamber is timed by the others, and there is/,
    );
    assert.match(await lint('short'), /^short\.yaml:1:1\d: geometry: .* shorter than an orbit, 400 ns$/);
    assert.match(await lint('long'), /^long\.yaml:1:\d+: physics: .* shorter than an orbit, 10000 ns$/);
    assert.equal(await lint('good'), 'good.yaml: ok');
  });

  it('show prints a file that says the same, and no secret', async (context) => {
    const cwd = tempFolder(context, {
      'dtstream.yaml':
        'defaults: {lateness: 5}\ngeometry: {clock: {bxNs: 50}}\nphysics: {ticksBin: 5}\nquality: {masked: ["1:37"]}\ncommands: {produce: {rate: max, sim: [dead=2:17, 3:5], sim-hot: [0:5:40]}}',
    });
    const env = {
      DTSTREAM_KAFKA_PASSWORD: 'hunter2',
      DTSTREAM_KAFKA_USER: 'me',
      AWS_SECRET_ACCESS_KEY: 'hunter3',
      AWS_ENDPOINT_URL: 'http://me:hunter4@there',
    };
    const first = await runCommand(['config', 'show'], { cwd, env });
    assert.equal(first.code, 0, first.stderr);
    assert.doesNotMatch(first.stdout, /hunter/);
    assert.match(first.stdout, /kafka\.sasl\.password: \*+ {2}# DTSTREAM_KAFKA_PASSWORD/);
    assert.match(first.stdout, /^physics: # \.\/dtstream\.yaml:3:10\n[^#]*ticksBin: 5\n/m);
    assert.match(first.stdout, /^quality: # \.\/dtstream\.yaml:4:10\n[^#]*- "?1:37"?\n/m);
    const again = tempFolder(context, { 'dtstream.yaml': first.stdout });
    const second = await runCommand(['config', 'show'], { cwd: again, env });
    assert.equal(second.stderr, '');
    assert.deepEqual(parse(second.stdout), parse(first.stdout));
  });

  it('schema describes what lint takes', async (context) => {
    const { stdout } = await runCommand(['config', 'schema']);
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(stdout) as object);
    const shown = await runCommand(['config', 'show'], { cwd: tempFolder(context) });
    assert.ok(validate(parse(shown.stdout)), JSON.stringify(validate.errors));
    const example = readFileSync(new URL('../../../../examples/run591.yaml', import.meta.url), 'utf8');
    assert.ok(validate(parse(example)), JSON.stringify(validate.errors));
    for (const wrong of [{ strore: 'x' }, { defaults: { batchrows: 3 } }, { commands: { process: { rate: 3 } } }]) {
      assert.ok(!validate(wrong), JSON.stringify(wrong));
    }
  });

  for (const chambers of [1, 64]) {
    it(`of ${chambers} chamber${chambers > 1 ? 's' : ''} goes through simulate and process`, async (context) => {
      const list = Array.from({ length: chambers }, (_, index) => {
        return `{fpga: ${index >> 3}, channelFirst: ${(index & 7) * 64}, zMm: ${index * 60}, t0Ns: 95}`;
      });
      const triggers = chambers === 64 ? '[]' : '[{fpga: 7, channel: 511}]';
      const cwd = tempFolder(context, {
        'dtstream.yaml': `geometry:\n  chambers: [${list.join(', ')}]\n  triggers: ${triggers}\n`,
      });
      const rows = await runCommand(['simulate', '--rows', '20k', '--stray-share', '0'], { cwd });
      const result = await runCli(['process', '-', '--summary'], { cwd, stdin: rows.stdout });
      const { hit_count, hit_count_chamber, ledger } = summaryOf(result);
      assert.equal(hit_count_chamber.length, chambers);
      assert.ok(hit_count_chamber.every((count) => count > 100));
      assert.deepEqual([ledger.rows_read, ledger.dropped.channel], [20_000, 0]);
      assert.equal(
        hit_count_chamber.reduce((sum, count) => sum + count),
        hit_count,
      );
    });
  }
});
