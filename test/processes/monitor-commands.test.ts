import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Change, changesOf } from '../commands/monitor/changes.js';
import { deadChannel, deadFromS } from '../commands/monitor/dead-channel.js';
import { openResults } from '../commands/results.js';
import { metricsUrl, metricsWhen } from '../helpers/assert/prometheus.js';
import { assertFails, type CliResult, runCli, type RunningCli, startCli } from '../helpers/program/cli.js';
import { tempFolder } from '../sources/temp-folder.js';

const run = deadChannel();

/** A store with the first messages of the run, and what is done in it. */
async function storeWith(t: TestContext, messages: number) {
  const cwd = tempFolder(t);
  const { publish } = await openResults(t, join(cwd, 'log'));
  await publish(...run.messages().slice(0, messages));
  const here = ['--store', 'log'];
  return {
    cwd,
    publishRest: () => publish(...run.messages().slice(messages)),
    monitor: (...args: readonly string[]): Promise<CliResult> => runCli(['monitor', ...args, ...here], { cwd }),
    /** A monitor that has begun to report. */
    start: async (...args: readonly string[]): Promise<RunningCli> => {
      const running = startCli(['monitor', ...args, ...here], { cwd });
      t.after(() => running.child.kill('SIGKILL'));
      // It says its address once, at the start.
      if (args.includes('--metrics-port')) await metricsUrl(running);
      const logbook = join(cwd, 'log/quality/logbook.ndjson');
      while (!existsSync(logbook) || !readFileSync(logbook, 'utf8').includes('"began"')) {
        assert.equal(running.child.exitCode, null);
        await delay(20);
      }
      return running;
    },
  };
}

/** The next change of a running monitor that is as wanted. */
async function changeWhen(running: RunningCli, isWanted: (change: Change) => boolean): Promise<Change> {
  for (;;) {
    const line = await running.nextLine();
    assert.ok(line !== undefined, 'the monitor has ended');
    const found = changesOf(`${line}\n`).find(isWanted);
    if (found !== undefined) return found;
  }
}

async function stop(running: RunningCli): Promise<void> {
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.result();
  assert.equal(code, 0, stderr);
}

const isRaised = ({ event, test }: Change): boolean => event === 'raised' && test === 'channel_low';

describe('dtstream monitor with something to compare with', () => {
  const cases = [
    { name: 'nothing', flags: () => [], tests: ['channel_efficiency', 'neighbour_low'] },
    {
      name: 'a reference',
      flags: () => ['--reference', run.reference],
      tests: ['channel_efficiency', 'channel_low', 'neighbour_low'],
    },
    {
      name: 'the first 10 s',
      flags: () => ['--learn', '10s'],
      tests: ['channel_efficiency', 'channel_low', 'neighbour_low'],
    },
  ];
  for (const { name, flags, tests } of cases) {
    it(`names the dead channel, by the tests that ${name} allows`, async (t) => {
      const { monitor } = await storeWith(t, run.messages().length);
      const result = await monitor('--from', 'earliest', '--until-end', ...flags());
      assert.equal(result.code, 0, result.stderr);
      const changes = changesOf(result.stdout);
      assert.deepEqual(changes.map(({ test }) => test).sort(), tests);
      for (const change of changes) {
        assert.deepEqual([change.event, change.chamber, change.channel], ['raised', 1, 37]);
        assert.ok(Math.abs(change.since_s - deadFromS) < 1.5, `${change.since_s} s`);
        assert.equal(change.learned !== undefined, change.test === 'channel_low' && name === 'the first 10 s');
      }
    });
  }
});

describe('dtstream monitor beside its subcommands', { skip: process.platform === 'win32' }, () => {
  it('explains, acknowledges and counts an alarm that a running monitor has raised', async (t) => {
    const { publishRest, monitor, start, cwd } = await storeWith(t, 10);
    const reference = ['--reference', run.reference];
    const running = await start(...reference, '--metrics-port', '0');
    await publishRest();
    const raised = await changeWhen(running, isRaised);

    const metrics = await metricsWhen(
      running,
      (now) => now.value('dtstream_quality_unread_messages') === 0 && now.value('dtstream_quality_alarms') === 3,
    );
    const objects = (test: string): (readonly [string, number])[] =>
      metrics
        .series('dtstream_quality_objects')
        .filter(([labels]) => labels.test === test)
        .map(([labels, value]) => [labels.state, value]);
    assert.deepEqual(objects('channel_low'), [['NO_DATA', 0], ['MASKED', 0], ['OK', 255], ['ALARM', 1]]); // prettier-ignore

    const explained = await monitor('explain', '1:37', ...reference);
    const since = raised.since.replace('T', ' ').slice(0, 19);
    const expected = new RegExp(
      String.raw`^channel_low +ALARM +0 Hz, ${raised.expected?.toPrecision(3)} Hz expected
    rate too low; the evidence reached [\d.]+; .*
    since ${since} UTC, id ${raised.id}$`,
      'm',
    );
    assert.match(explained.stdout, expected);
    assert.match(explained.stdout, /^channel_high +OK /m);

    const { code, stderr } = await monitor('acknowledge', 'channel_low@1:37', '--note', 'HV off');
    assert.deepEqual([code, stderr], [0, `dtstream: ${raised.id} is acknowledged\n`]);
    const seen = await changeWhen(running, ({ event }) => event === 'acknowledged');
    assert.deepEqual([seen.id, seen.since], [raised.id, raised.since]);
    const after = await monitor('explain', '1:37', ...reference);
    assert.equal(after.stdout.match(/^ +acknowledged by \S+: HV off$/gm)?.length, 1, after.stdout);
    await stop(running);

    assertFails(
      await monitor('acknowledge', 'box_rise@2'),
      2,
      /those that stand are .*channel_low@1:37@\d+.*, got box_rise@2/,
    );
    assert.equal(readLogbook(cwd).filter(({ entry }) => entry === 'acknowledged').length, 1);
  });

  it('tells the alarms of an object that is known to be bad, and does not give them to --exec', async (t) => {
    const { publishRest, monitor, start, cwd } = await storeWith(t, 10);
    for (const [object, note] of [
      ['1:37', 'no HV'],
      ['1:44', 'noisy preamplifier'],
    ]) {
      const { code, stderr } = await monitor('known', object, '--note', note);
      assert.deepEqual([code, stderr], [0, `dtstream: ${object} is known to be bad\n`]);
    }
    const listed = await monitor('known');
    assert.match(listed.stdout, /^1:37 {2}by \S+: no HV\n1:44 {2}by \S+: noisy preamplifier\n$/);
    assert.equal((await monitor('known', '1:44', '--remove')).code, 0);
    assert.match((await monitor('known')).stdout, /^1:37 .*\n$/);
    assertFails(await monitor('known', '1:44', '--remove'), 2, /1:44 is not known to be bad/);

    const running = await start('--reference', run.reference, '--exec', 'cat >> seen');
    await publishRest();
    await changeWhen(running, isRaised);
    await stop(running);
    assert.ok(!existsSync(join(cwd, 'seen')));
  });

  it('writes marks into the logbook', async (t) => {
    const { monitor, cwd } = await storeWith(t, 1);
    assert.equal((await monitor('mark', 'HV', 'of chamber 1', 'raised to 3550 V')).code, 0);
    const [{ entry, text, by, time }] = readLogbook(cwd);
    assert.deepEqual([entry, text], ['mark', 'HV of chamber 1 raised to 3550 V']);
    assert.ok(typeof by === 'string' && by !== '');
    assert.ok(Math.abs(Date.now() - Date.parse(time)) < 60_000);
  });
});

function readLogbook(cwd: string): Readonly<Record<string, string>>[] {
  const text = readFileSync(join(cwd, 'log/quality/logbook.ndjson'), 'utf8');
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string>); // prettier-ignore
}
