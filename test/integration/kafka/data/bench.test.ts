import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { assertFails, runCli, startCli } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { kafkaLine } from '../line.js';

const timeoutMs = 120_000;

describe('dtstream bench on Kafka', { skip: skipKafka }, () => {
  const { broker, log, input } = kafkaLine(3000);

  /** Everything that a bench could have left, groups of inputs included. */
  const left = async (): Promise<string[]> => {
    const kafka = new Kafka({ brokers: [broker().brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    try {
      const [topics, { groups }] = [await admin.listTopics(), await admin.listGroups()];
      return [...topics, ...groups.map(({ groupId }) => groupId)].filter((name) => name.includes('dtstream-bench-'));
    } finally {
      await admin.disconnect();
    }
  };
  const messages = async (): Promise<number[]> =>
    (await log().topics(['data_clean', 'data_rejected'])).map(({ partitions: [{ end }] }) => end);
  const bench = (...args: readonly string[]): string[] => [
    ...['bench', '--brokers', broker().brokers, '--threads', '1', '--partitions', '2', '--repeat', '1'],
    ...args,
  ];

  it('leaves nothing, neither live nor over a filled topic, and nothing in the topics of others', async () => {
    const window = ['--rate', '3000', '--duration', '3s', '--warm-up', '500ms', '--batch-interval', '200ms'];
    const live = await runCli(bench(...window), { timeoutMs });
    assert.match(live.stdout, /(ok|did not keep up: .*|window too short .*)\n/, live.stderr);
    const drain = await runCli(bench('--drain', '20k', '--instances', '1,2', '--input', input), { timeoutMs });
    assert.equal(drain.stdout.match(/ ok\n/g)?.length, 2, drain.stdout + drain.stderr);
    assert.deepEqual(await left(), []);
    assert.deepEqual(await messages(), [0, 0]);
  });

  it('leaves nothing after a run that failed, nor after Ctrl-C', async () => {
    const failed = await runCli(bench('--drain', '5000', '--input', 'none.csv'), { timeoutMs });
    assert.match(failed.stdout, /failed: produce ended with exit code 1/);
    assert.deepEqual(await left(), []);
    const stopped = startCli(bench('--rate', '2000', '--duration', '60s'), { timeoutMs });
    while (!(await left()).some((name) => name.endsWith('.data_clean'))) assert.equal(stopped.child.exitCode, null);
    stopped.child.kill('SIGINT');
    assertFails(await stopped.result(), 1, /stopped: 1 run left/);
    assert.deepEqual(await left(), []);
    assert.deepEqual(await messages(), [0, 0]);
  });

  it('keeps the topics with --keep, and says which', async () => {
    const kept = await runCli(bench('--drain', '5000', '--keep', '--prefix', 'alice.'), { timeoutMs });
    assert.match(kept.stderr, /kept: topics alice\.dtstream-bench-\S+\.\* of Kafka /);
    const names = await left();
    assert.ok(names.every((name) => name.startsWith('alice.dtstream-bench-')));
    assert.ok(['.data_raw', '.data_clean', '.data_rejected'].every((end) => names.some((name) => name.endsWith(end))));
    await log().deleteNamed('alice.dtstream-bench-');
    assert.deepEqual(await left(), []);
  });
});
