import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import type { BatchMessage } from '../../../../src/domain/batch-message.js';
import { BrokerClient } from '../../../../src/transport/kafka/client/broker-client.js';
import { resolveKafkaOptions } from '../../../../src/transport/kafka/client/kafka-options.js';
import { request } from '../../../../src/transport/kafka/protocol/requests.js';
import type { CliResult } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { metricsWhen } from '../../../helpers/assert/prometheus.js';
import { kafkaLine } from '../line.js';
import { endOf, type KafkaPipeline } from '../pipeline.js';

/** How long the brokers hold back the answer to a reader that has read everything, as the reader asks them to. */
const fetchWaitMs = 500;

const rows = 3000;
const done = { code: 0, signal: null };
/** All orbits of the file are open at once: rows that come through new partitions are not late. */
const flags = ['--lateness', '10000000'];

describe('a Kafka topic that loses, gets or holds back rows', { skip: skipKafka }, () => {
  const { pipeline, log, broker } = kafkaLine(rows);
  let admin: Admin;
  let producer: Producer;
  let link: BrokerClient;

  before(async () => {
    const brokers = [broker().brokers];
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    admin = kafka.admin();
    producer = kafka.producer({ transactionalId: 'somebody-else', maxInFlightRequests: 1, idempotent: true });
    link = new BrokerClient(resolveKafkaOptions({ brokers }));
    await Promise.all([admin.connect(), producer.connect()]);
  });
  after(() => Promise.all([admin.disconnect(), producer.disconnect(), link.close()]));

  /** Writes the rows of the file, as often as it is called. */
  const write = async (run: KafkaPipeline, ...more: readonly string[]): Promise<void> =>
    assert.deepEqual(await endOf(run.produce('--again', '--rate', 'max', ...more)), done);
  const ends = async (topic: string): Promise<Map<number, number>> => {
    const [{ partitions }] = await log().topics([topic]);
    return new Map(partitions.map(({ partition, end }) => [partition, end]));
  };
  const deleteAll = async (topic: string): Promise<Map<number, number>> => {
    const all = await ends(topic);
    const partitions = [...all].map(([partition, end]) => ({ partition, offset: String(end) }));
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.deleteTopicRecords({ topic, partitions });
    return all;
  };
  const verify = (run: KafkaPipeline, ...more: readonly string[]): Promise<CliResult> =>
    run.start('verify', '--topic', run.topic, '--group', run.group, '--quiet', ...more).result();
  const lostBy = (messages: readonly BatchMessage[]): Map<number, [number, number]> => {
    const lost = new Map<number, [number, number]>();
    for (const [partition, [[from, to]]] of messages.flatMap((message) => Object.entries(message.lost ?? {}))) {
      lost.set(Number(partition), [from, to]);
    }
    return lost;
  };
  /** That messages tile each partition, and say exactly these holes. */
  const assertTiled = (
    messages: readonly BatchMessage[],
    holes: ReadonlyMap<number, readonly [number, number]>,
  ): void => {
    assert.deepEqual(new Map([...lostBy(messages)].sort()), new Map([...holes].sort()));
    const reached = new Map<string, number>();
    for (const { lost = {}, input } of messages) {
      const ranges = [
        ...Object.entries(lost).flatMap(([key, all]) => all.map(([from, to]) => [key, from, to] as const)),
        ...Object.entries(input).map(([key, [from, to]]) => [key, from, to] as const),
      ];
      for (const [key, from, to] of ranges) {
        assert.equal(from, reached.get(key) ?? 0, `partition ${key}`);
        reached.set(key, to);
      }
    }
  };

  it('says which rows were deleted while its group was away', async () => {
    const run = pipeline();
    await write(run);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    const read = await ends(run.topic);
    await write(run);
    const gone = await deleteAll(run.topic);
    await write(run);
    const { code, stderr } = await run.process('--until-end', '--quiet').result();
    assert.equal(code, 0, stderr);
    for (const [partition, from] of read) {
      const to = gone.get(partition) ?? 0;
      assert.ok(
        stderr.includes(
          `of ${run.topic}/${partition} were deleted before they were read (offsets ${from} to ${to - 1})`,
        ),
        stderr,
      );
    }
    assertTiled(
      await run.messages(),
      new Map([...read].map(([partition, from]) => [partition, [from, gone.get(partition) ?? 0]])),
    );
    const found = await verify(run);
    assert.equal(found.code, 3, found.stdout + found.stderr);
    assert.match(found.stdout, /^equal .*over 3,000 rows .*\n/);
    for (const [partition, from] of read) {
      assert.match(
        found.stdout,
        new RegExp(`\\n  lost: partition ${partition}, offsets ${from}-${gone.get(partition)}: `),
      );
    }
    assert.match(found.stderr, /not complete: 3,000 messages lost[;\n]/);
    const topics = await run.start('topics').result();
    assert.match(topics.stdout, new RegExp(`\n${run.group} +${run.topic} +all +0 +(0 +)?3,000 +no\n`));
  });

  it('says which rows were deleted while its group was held up', async () => {
    const run = pipeline();
    await write(run);
    const member = run.process('--metrics-port', '0', '--lateness', '10');
    await metricsWhen(member, (now) => now.value('dtstream_rows_read_total') === rows);
    member.child.kill('SIGSTOP');
    // The brokers answer what it has asked for before: what is written after that it has not got.
    await sleep(2 * fetchWaitMs);
    await write(run);
    await deleteAll(run.topic);
    await write(run);
    member.child.kill('SIGCONT');
    const metrics = await metricsWhen(member, (now) => now.value('dtstream_rows_read_total') >= 2 * rows);
    const holes = lostBy(await run.messages());
    assert.ok(holes.size > 0);
    for (const [partition, [from, to]] of holes) {
      assert.equal(metrics.value('dtstream_lost_messages_total', { partition: String(partition) }), to - from);
    }
    await run.stop(member);
    assertTiled(await run.messages(), holes);
    assert.deepEqual(await endOf(run.process('--until-end', '--lateness', '10')), done);
    assert.equal((await verify(run)).code, 3);
  });

  it('is read with the partitions that are added meanwhile', async () => {
    const run = pipeline(...flags);
    await write(run);
    const member = run.process('--metrics-port', '0');
    await metricsWhen(member, (now) => now.value('dtstream_rows_read_total') === rows);
    await admin.createPartitions({ topicPartitions: [{ topic: run.topic, count: 8 }] });
    await write(run);
    await metricsWhen(member, (now) => now.value('dtstream_rows_read_total') === 2 * rows);
    await run.stop(member);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await run.assertEqual(2 * rows);
    assert.equal(Math.max(...(await run.messages()).flatMap(({ input }) => Object.keys(input).map(Number))), 7);
  });

  it('is unread in partitions that nobody has read yet, for verify and for the lag', async () => {
    const run = pipeline();
    await write(run);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await admin.createPartitions({ topicPartitions: [{ topic: run.topic, count: 5 }] });
    const writer = await log().openWriter(run.topic);
    const values = Buffer.from('2,0,1,5,5,5');
    await writer.append([{ partition: 4, headers: {}, values, valueEnds: Uint32Array.of(values.length) }]);
    await writer.close();
    const { code, stdout } = await verify(run);
    assert.equal(code, 3, stdout);
    assert.match(stdout, /\n {2}unread: partition 4, offsets 0-1: 1 message\n$/);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await run.assertEqual(rows + 1);
  });

  it('is refused when it was deleted and recreated, before a run and in its middle', async () => {
    const run = pipeline();
    await write(run);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    const remake = async (): Promise<void> => {
      await admin.deleteTopics({ topics: [run.topic] });
      for (const signal = AbortSignal.timeout(20_000); (await admin.listTopics()).includes(run.topic);) {
        await sleep(50, undefined, { signal });
      }
      await admin.createTopics({ topics: [{ topic: run.topic, numPartitions: 4 }], waitForLeaders: true });
      await write(run);
    };
    const [before] = await log().groups([run.group]);
    await remake();
    // Brokers forget offsets together with their topic, but not in the same moment: as if they had not come to it yet.
    await link.retrying('commit', async () => {
      const coordinator = await link.coordinator('group', run.group);
      const partitions = [...before.committed].map(([partition, { offset, metadata }]) => {
        return { partition, offset: String(offset), metadata };
      });
      const nobody = { groupId: run.group, groupGenerationId: -1, memberId: '' };
      await coordinator.offsetCommit({ ...nobody, topics: [{ topic: run.topic, partitions }] });
    });
    const refused = await run.process('--until-end').result();
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /was deleted and recreated since it was read \(--reset/);
    assert.equal((await verify(run)).code, 3);
    assert.deepEqual(await endOf(run.process('--until-end', '--reset')), done);
    await run.assertEqual(rows);
    const member = run.process();
    await sleep(1500);
    member.child.kill('SIGSTOP');
    await remake();
    await write(run);
    member.child.kill('SIGCONT');
    const { code, stderr } = await member.result();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /recreated|does not exist/);
  });

  it('is refused when the commit of one of its partitions was deleted', async () => {
    const run = pipeline();
    await write(run);
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await run.forgotten();
    await link.retrying('delete an offset', async () => {
      const coordinator = await link.coordinator('group', run.group);
      await link.send(
        coordinator,
        request(
          { key: 47, version: 0, name: 'OffsetDelete' },
          (writer) =>
            writer
              .string(run.group)
              .array([run.topic], (topic) => writer.string(topic).array([2], (partition) => writer.int32(partition))),
          (reader) => reader.int16(),
        ),
      );
    });
    const { code, stderr } = await run.process('--until-end').result();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /that of partition 2 is gone: another program has deleted it \(--reset starts over\)\n$/);
    const found = await verify(run);
    assert.equal(found.code, 3, found.stdout);
    assert.match(found.stderr, /that of partition 2 is gone/);
  });

  it('holds rows back behind a transaction that is open', async () => {
    const run = pipeline();
    await write(run);
    const transaction = await producer.transaction();
    const messages = Array.from({ length: 5 }, (_, row) => ({ partition: 1, value: `2,0,1,${row},5,5` }));
    await transaction.send({ topic: run.topic, messages });
    const { code, stderr } = await run.process('--until-end', '--quiet').result();
    assert.equal(code, 0, stderr);
    assert.ok(stderr.endsWith(`5 messages of ${run.topic}/1 wait for an open transaction: left unread\n`), stderr);
    const found = await verify(run);
    assert.equal(found.code, 3, found.stdout);
    assert.match(found.stdout, /\n {2}behind an open transaction: partition 1, offsets \d+-\d+: 5 messages\n$/);
    const listed = await run.start('topics').result();
    assert.match(listed.stdout, /RUNNING\n/);
    assert.match(listed.stdout, new RegExp(`\n${run.group} +${run.topic} +all +5 +5 `));
    await transaction.commit();
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await run.assertEqual(rows + 5);
  });
});
