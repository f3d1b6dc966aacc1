import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertFails, runCli } from '../../../helpers/program/cli.js';
import { type KafkaCluster, skipKafka, startCluster } from '../../../helpers/servers/kafka-broker.js';

describe('two brokers, one of which advertises an address where nobody listens', { skip: skipKafka }, () => {
  let cluster: KafkaCluster;
  let there: string;
  before(async () => {
    cluster = await startCluster({
      size: 2,
      settingsOf: (id) =>
        id === 2 ? { 'advertised.listeners': 'CLIENT://127.0.0.1:1', 'offsets.topic.replication.factor': 1 } : {},
    });
    there = cluster.nodes[0].brokers;
  });
  after(() => cluster.close());
  const wait = ['--broker-wait', '2s'];
  const rule =
    /broker 2 advertises 127\.0\.0\.1:1, which does not answer \(connection refused\), while 127\.0\.0\.1:\d+ does: see its advertised\.listeners/;

  it('names both addresses, within the time to wait for brokers', async () => {
    const fromMs = performance.now();
    const produced = ['produce', '--limit', '10', '--partitions', '8', '--quiet'];
    assertFails(await runCli([...produced, '--brokers', there, ...wait]), 1, rule);
    assert.ok(performance.now() - fromMs < 20_000);
  });

  it('names it when one asks doctor, which tries each', async () => {
    const { stdout, code } = await runCli(['doctor', '--brokers', cluster.brokers, ...wait]);
    assert.match(stdout, /^fail +brokers +broker 2 advertises 127\.0\.0\.1:1, which does not answer -> /m);
    assert.equal(code, 1);
  });
});
