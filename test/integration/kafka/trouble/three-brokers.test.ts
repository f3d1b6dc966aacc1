import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { openKafkaLog } from '../../../../src/transport/kafka/kafka-log.js';
import type { Transport } from '../../../../src/transport/transport.js';
import { type KafkaCluster, skipKafka, startCluster } from '../../../helpers/servers/kafka-broker.js';
import { endOf, KafkaPipeline } from '../pipeline.js';

/** A broker that is silent for so long is no longer one of the cluster. */
const sessionTimeoutMs = 3000;
/** What may be said of brokers that are away, each a line. */
const trueLines = [
  /^dtstream: broker (\d) \(127\.0\.0\.1:\d+\) is unreachable \([^)]+\): waiting for up to \d+ s$/,
  /^dtstream: broker \d \(127\.0\.0\.1:\d+\)( and broker \d \(127\.0\.0\.1:\d+\))* (is|are) back( after [\d.]+ s)?$/,
  /^dtstream: continuing without broker \d \(127\.0\.0\.1:\d+\)( and broker \d \([^)]+\))* after [\d.]+ s$/,
  /^dtstream: Kafka answers again after [\d.]+ s$/,
  /^dtstream: Kafka [^ ]+ has accepted no rows for [\d.]+ s; is it down\?$/,
  /^dtstream: cannot [^:]+: (a partition has no leader|the group has no coordinator|too few copies|the previous transaction|a transaction with|the coordinator of) .*; trying again for \d+ s$/,
  // Of a request that no single broker is to blame for, on a busy machine.
  /^dtstream: cannot [^:]+: no broker answers in time; trying again for \d+ s$/,
  /^dtstream: cannot keep up: /,
  /^dtstream: lost lane 0 of group [^ ]+ \(missed heartbeats: stopped, or brokers unreachable\); standing by$/,
  /^dtstream: waiting for (topic|group) /,
];
const linesMax = 24;

describe('three brokers with three copies of each topic', { skip: skipKafka }, () => {
  let cluster: KafkaCluster;
  let log: Transport;
  let admin: Admin;
  let run: KafkaPipeline;
  before(async () => {
    cluster = await startCluster({
      size: 3,
      settings: {
        'broker.session.timeout.ms': sessionTimeoutMs,
        'broker.heartbeat.interval.ms': 500,
        'min.insync.replicas': 2,
        'replica.lag.time.max.ms': 2 * sessionTimeoutMs,
      },
    });
    log = await openKafkaLog({ brokers: cluster.brokers.split(','), connectWaitMs: 30_000 });
    admin = new kafkajs.Kafka({ brokers: cluster.brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    const topics = ['data_clean', 'data_rejected'];
    await log.createTopics(topics.map((topic) => ({ topic, partitions: 1, replicationFactor: 3 })));
    // Longer than an outage: of an append that reached some of the partitions only, the others get their rows after it.
    const flags = ['--lateness', '20k'];
    run = new KafkaPipeline({ brokers: cluster.brokers, log, input: '', rows: 0, flags, timeoutMs: 170_000 });
  });
  after(async () => {
    run.close();
    await admin.disconnect().catch(() => undefined);
    await log.close();
    await cluster.close();
  });

  /** Resolves when all copies of all topics are in step, so that the next broker may go. */
  const inStep = async (): Promise<void> => {
    const signal = AbortSignal.timeout(60_000);
    for (;;) {
      const { topics } = await admin.fetchTopicMetadata().catch(() => ({ topics: [] }));
      const partitions = topics.flatMap((topic) => topic.partitions);
      if (partitions.length > 0 && partitions.every(({ isr }) => isr.length === 3)) return;
      await sleep(200, undefined, { signal });
    }
  };

  it('lose and repeat no row when each is killed, coordinators move and one is held for longer than its session', async () => {
    const copies = ['--partitions', '4', '--replication-factor', '3'];
    const produce = run.start('produce', '--topic', run.topic, ...copies, '--rate', '2000', '--quiet', '--summary');
    const member = run.process('--replication-factor', '3', '--quiet');
    await run.published();
    // One of them looks after the group, one after its transactions, and each leads partitions.
    for (const node of cluster.nodes) {
      await inStep();
      await node.kill();
      await run.published();
      await node.start();
    }
    await inStep();
    const [, held] = cluster.nodes;
    held.hold();
    await sleep(2 * sessionTimeoutMs);
    await run.published();
    held.goOn();
    await inStep();
    produce.child.kill('SIGTERM');
    const produced = await produce.result();
    assert.equal(produced.code, 0, produced.stderr);
    member.child.kill('SIGTERM');
    const processed = await member.result();
    assert.equal(processed.code, 0, processed.stderr);
    assert.deepEqual(await endOf(run.process('--until-end')), { code: 0, signal: null });
    await run.assertEqual((JSON.parse(produced.stdout) as { readonly rows: number }).rows);
    for (const { stderr } of [produced, processed]) {
      const lines = stderr.trimEnd().split('\n').filter(Boolean);
      assert.ok(lines.length <= linesMax, `${lines.length} lines:\n${stderr}`);
      for (const line of lines)
        assert.ok(
          trueLines.some((pattern) => pattern.test(line)),
          line,
        );
    }
  });
});
