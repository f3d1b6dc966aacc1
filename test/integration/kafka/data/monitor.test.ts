import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { changesOf } from '../../../commands/monitor/changes.js';
import { deadChannel } from '../../../commands/monitor/dead-channel.js';
import { runCli, startCli } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { tempFolder } from '../../../sources/temp-folder.js';
import { kafkaLine } from '../line.js';

describe('dtstream monitor on Kafka', { skip: skipKafka }, () => {
  const { broker, log } = kafkaLine(10);
  const run = deadChannel();

  it('raises alarms as they come, and keeps its logbook by cluster, topic and group', async (t) => {
    const cwd = tempFolder(t);
    const here = ['--brokers', broker().brokers, '--group', 'shift'];
    const options = { cwd, env: { XDG_STATE_HOME: join(cwd, 'state') } };
    const clusterId = await log().clusterId?.();
    assert.ok(clusterId !== undefined);
    const logbook = join(cwd, 'state/dtstream', clusterId, 'data_clean/shift/logbook.ndjson');
    const running = startCli(['monitor', '--reference', run.reference, ...here], options);
    t.after(() => running.child.kill('SIGKILL'));
    // It reports what comes from here on.
    while (!existsSync(logbook)) {
      assert.equal(running.child.exitCode, null);
      await delay(50);
    }

    const flags = ['--batch-rows', '2500', '--orbit-detail', 'none', '--until-end', '--quiet'];
    for (const command of [
      ['produce', run.rows, '--rate', 'max', '--quiet', '--brokers', broker().brokers],
      ['process', ...flags, ...here],
    ]) {
      const { code, stderr } = await runCli(command, options);
      assert.equal(code, 0, stderr);
    }
    const raised = new Map<string, string>();
    while (raised.size < 3) {
      const line = await running.nextLine();
      assert.ok(line !== undefined);
      for (const { event, test, id } of changesOf(`${line}\n`)) if (event === 'raised') raised.set(test, id);
    }
    assert.deepEqual([...raised.keys()].sort(), ['channel_efficiency', 'channel_low', 'neighbour_low']);
    const id = raised.get('channel_low') ?? '';
    assert.match(id, /^channel_low@1:37@\d+$/);

    const said = await runCli(['monitor', 'acknowledge', id, '--note', 'HV off', ...here], options);
    assert.deepEqual([said.code, said.stderr], [0, `dtstream: ${id} is acknowledged\n`]);
    for (;;) {
      const line = await running.nextLine();
      assert.ok(line !== undefined);
      const [change] = changesOf(`${line}\n`);
      if (change?.event !== 'acknowledged') continue;
      assert.equal(change.id, id);
      break;
    }
    running.child.kill('SIGTERM');
    assert.equal((await running.result()).code, 0);
    assert.ok(readFileSync(logbook, 'utf8').includes('"note":"HV off","group":"shift"'));

    // Another topic has a logbook of its own, where this alarm does not stand.
    const other = await runCli(['monitor', 'acknowledge', id, '--topic', 'data_rejected', ...here], options);
    assert.equal(other.code, 2);
    assert.match(other.stderr, /none stands/);
  });
});
