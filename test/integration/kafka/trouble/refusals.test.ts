import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { BrokerClient } from '../../../../src/transport/kafka/client/broker-client.js';
import { resolveKafkaOptions } from '../../../../src/transport/kafka/client/kafka-options.js';
import { request } from '../../../../src/transport/kafka/protocol/requests.js';
import { assertFails, type CliResult, runCli, skipForBinary, startCli } from '../../../helpers/program/cli.js';
import { type KafkaBroker, skipKafka, startBroker } from '../../../helpers/servers/kafka-broker.js';
import { stderrSays } from '../pipeline.js';

/** An hour is what brokers allow; this is more. */
const aheadMs = 2 * 3_600_000;
const clockAhead = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`const now = Date.now; Date.now = () => now() + ${aheadMs};`)}`,
};

describe('a broker that others have set up, and that others use', { skip: skipKafka }, () => {
  let broker: KafkaBroker;
  let kafka: Kafka;
  let admin: Admin;
  before(async () => {
    broker = await startBroker({
      settings: { 'transaction.max.timeout.ms': 10_000, 'group.initial.rebalance.delay.ms': 3000 },
    });
    kafka = new kafkajs.Kafka({ brokers: [broker.brokers], logLevel: kafkajs.logLevel.NOTHING });
    admin = kafka.admin();
    await admin.connect();
    assert.equal((await produce('data_raw')).code, 0);
    const processed = await processAll('data_raw', 'first');
    assert.equal(processed.code, 0, processed.stderr);
  });
  after(async () => {
    await admin.disconnect();
    await broker.close();
  });
  const run = (args: readonly string[], env = {}): Promise<CliResult> =>
    runCli([...args, '--brokers', broker.brokers], { env });
  const produce = (topic: string, env = {}): Promise<CliResult> =>
    run(['produce', '--limit', '100', '--rate', 'max', '--partitions', '2', '--topic', topic, '--quiet'], env);
  const processAll = (topic: string, group: string): Promise<CliResult> =>
    run(['process', '--until-end', '--quiet', '--threads', '1', '--topic', topic, '--group', group]);

  it('may allow only transactions of 10 s: shorter ones are asked for', async () => {
    const { code, stderr } = await processAll('data_raw', 'short-transactions');
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('may make a new group wait: that is said, and nobody is said to be at work', async () => {
    const member = startCli([
      'process',
      '--group',
      `new-${randomUUID()}`,
      '--threads',
      '1',
      '--brokers',
      broker.brokers,
    ]);
    member.child.stdin.end();
    await stderrSays(member, /waiting for group new-/);
    await new Promise((resolve) => setTimeout(resolve, 3500));
    member.child.kill('SIGTERM');
    const { code, stderr } = await member.result();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /another instance is processing/);
  });

  it('is reached at an address of IPv6', async (context) => {
    const port = await relay(context, '::1', Number(broker.brokers.split(':')[1]));
    if (port === undefined) {
      context.skip('no IPv6 on loopback here');
      return;
    }
    const { code, stderr } = await runCli(['topics', '--brokers', `[::1]:${port}`]);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('is reached though others of the list are no host, silent, closed, or no broker', async (context) => {
    const silent = await listener(context, () => undefined);
    const closing = await listener(context, (socket) => socket.end());
    const other = await listener(context, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const list = [
      'nowhere.invalid:9092',
      '127.0.0.1:1',
      ...[silent, closing, other].map((port) => `127.0.0.1:${port}`),
    ];
    for (const wrong of list) {
      const { code, stderr } = await runCli(['topics', '--brokers', `${wrong},${broker.brokers}`]);
      assert.deepEqual([code, stderr], [0, ''], wrong);
    }
    const { code, stderr } = await runCli(['topics', '--brokers', [...list, broker.brokers].join(',')]);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('may hold topics that are compacted: they are named before anything is lost', async () => {
    const topic = `compacted-${randomUUID()}`;
    await admin.createTopics({
      topics: [{ topic, numPartitions: 2, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }],
    });
    const rule =
      /topic compacted-\S+ is compacted, which keeps one message of each key: cleanup\.policy must be delete/;
    assertFails(await produce(topic), 1, rule);
    assertFails(await processAll(topic, 'compacted'), 1, rule);
    const { stdout } = await run(['doctor', '--topic', topic]);
    assert.match(stdout, new RegExp(`^fail +topic ${topic} .*compacted`, 'm'));
  });

  it('may hold commits that are not of dtstream: process says so, verify ends with 3', async () => {
    const group = `reset-${randomUUID()}`;
    assert.equal((await processAll('data_raw', group)).code, 0);
    const rule = /it is not of dtstream \(an admin tool or another program has set it\).*--reset starts over/;
    for (const offset of ['5', '-2']) {
      const partitions = [0, 1].map((partition) => ({ partition, offset }));
      await admin.setOffsets({ groupId: group, topic: 'data_raw', partitions });
      assertFails(await processAll('data_raw', group), 1, rule);
      const verified = await run(['verify', '--group', group, '--quiet']);
      assertFails(verified, 3, rule);
    }
  });

  it('may have another program in the group, which is named with its kind', async () => {
    const group = `consumers-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId: group });
    const joined = once(new Joins(consumer), 'joined');
    await consumer.connect();
    await consumer.subscribe({ topic: 'data_raw' });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    await joined;
    const rule =
      /cannot join group \S+: it is used by a classic consumer \(RoundRobinAssigner\), kafkajs at 127\.0\.0\.1/;
    assertFails(await processAll('data_raw', group), 1, rule);
    const { stdout } = await run(['doctor', '--group', group]);
    assert.match(stdout, /^fail +group \S+ +is used by a classic consumer/m);
    await consumer.disconnect();
  });

  it('may have one with the newer group protocol, which is named as well', async () => {
    const group = `newer-${randomUUID()}`;
    const link = new BrokerClient(resolveKafkaOptions({ brokers: [broker.brokers] }));
    const errorCode = await link.retrying('join', async () =>
      link.send(await link.coordinator('group', group), heartbeat(group, 'data_raw')),
    );
    assert.equal(errorCode, 0);
    const rule = /cannot join group \S+: it is used by a consumer with the newer group protocol \(KIP-848\)/;
    assertFails(await processAll('data_raw', group), 1, rule);
    const { stdout } = await run(['doctor', '--group', group]);
    assert.match(stdout, /^fail +group \S+ +is used by a consumer with the newer/m);
    await link.close();
  });

  it(
    'refuses what is written with a clock that is hours ahead, and doctor compares the two',
    { skip: skipForBinary },
    async () => {
      const rule = /cannot append to data_raw: the clock of this machine is too far from that of the brokers/;
      assertFails(await produce('data_raw', clockAhead), 1, rule);
      const ahead = await run(['doctor'], clockAhead);
      assert.match(
        ahead.stdout,
        /^fail +clock of brokers +the clock of this machine is 7\d{3} s ahead of the clock of the brokers/m,
      );
      const right = await run(['doctor']);
      assert.match(right.stdout, /^ok +clock of brokers +agrees with the clock of this machine/m);
    },
  );
});

/** Tells when a consumer has joined its group. */
class Joins extends EventTarget {
  constructor(consumer: ReturnType<Kafka['consumer']>) {
    super();
    consumer.on(consumer.events.GROUP_JOIN, () => this.dispatchEvent(new Event('joined')));
  }
}

/** The first heartbeat of a member of the newer protocol; resolves with an error code. */
function heartbeat(group: string, topic: string): ReturnType<typeof request<number>> {
  return request(
    { key: 68, version: 0, name: 'ConsumerGroupHeartbeat' },
    (writer) =>
      writer
        .noTags()
        .compactString(group)
        .compactString(randomUUID())
        .int32(0) // joins
        .compactString(null) // no static member
        .compactString(null) // rack
        .int32(30_000)
        .compactArray([topic], (name) => writer.compactString(name))
        .compactString(null) // assignor
        .uvarint(1) // owns nothing
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int32();
      return reader.int16();
    },
  );
}

type OnSocket = Parameters<typeof createServer>[1];

async function listener(context: TestContext, onSocket: OnSocket, host = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    context.after(() => socket.destroy());
    onSocket?.(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  context.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

/** Port of an address that passes connections on to a port of loopback; undefined where there is no such address. */
async function relay(context: TestContext, host: string, port: number): Promise<number | undefined> {
  const pass: OnSocket = (socket) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  };
  return listener(context, pass, host).catch(() => undefined);
}
