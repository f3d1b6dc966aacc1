import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { assertMessageLaws } from '../../../helpers/assert/message-laws.js';
import { seededRandom } from '../../../helpers/random/seeded-random.js';
import { kafkaLine } from '../line.js';
import { endOf, stderrSays } from '../pipeline.js';

const rounds = 10;
const seed = 20_261_128;

describe('exactly once on Kafka', { skip: skipKafka }, () => {
  const { broker, pipeline } = kafkaLine(120_000);

  it(`publishes every row once through ${rounds} kills and stops, each after something new came`, async () => {
    const run = pipeline('--batch-rows', '200');
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), { code: 0, signal: null });
    const random = seededRandom(seed);
    for (let round = 0; round < rounds; round++) {
      const member = run.process();
      await run.published();
      await sleep(random() * 300);
      const signal = random() < 0.5 ? 'SIGKILL' : 'SIGTERM';
      member.child.kill(signal);
      const { code, stderr } = await member.result();
      assert.equal(code, signal === 'SIGKILL' ? null : 0, stderr);
    }
    await run.assertExact();
    const messages = await run.messages();
    assert.equal(messages[0].msg_ID, 0);
    assertMessageLaws(messages);
  });

  it('goes on with a second instance within the time of a session, and refuses the first one when it wakes', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '8k');
    const first = run.process();
    await run.published();
    first.child.kill('SIGSTOP');
    const second = run.process();
    await run.published();
    first.child.kill('SIGCONT');
    await stderrSays(
      first,
      /lost lane 0 of group .* \((taken over by another instance|missed heartbeats: stopped, or brokers unreachable)\); standing by/,
    );
    await run.stop(second);
    await run.published();
    await run.stop(first);
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.assertExact();
  });

  it('moves a lane to an instance that joins, and back when it leaves', async () => {
    const run = pipeline('--lanes', '2');
    const produce = run.produce('--rate', '10k');
    const first = run.process();
    await Promise.all([run.published(0), run.published(1)]);
    const second = run.process();
    await stderrSays(first, /lost lane [01] of group .* \(handed over to another instance\); standing by/);
    await Promise.all([run.published(0), run.published(1)]);
    await run.stop(second);
    await Promise.all([run.published(0), run.published(1)]);
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.stop(first);
    await run.assertExact();
  });

  it('takes a lane at once whose owner died within a commit', async () => {
    const run = pipeline();
    assert.deepEqual(await endOf(run.produce('--rate', 'max')), { code: 0, signal: null });
    const kafka = new Kafka({ brokers: [broker().brokers], logLevel: logLevel.NOTHING });
    const transactionTimeout = 60_000;
    const owner = kafka.producer({
      transactionalId: `${run.group}-lane-0`,
      transactionTimeout,
      maxInFlightRequests: 1,
    });
    await owner.connect();
    const transaction = await owner.transaction();
    const topics = [{ topic: run.topic, partitions: [{ partition: 0, offset: '7' }] }];
    await transaction.sendOffsets({ consumerGroupId: run.group, topics });
    await owner.disconnect();
    const began = performance.now();
    const listed = await run.start('topics').result();
    assert.equal(listed.code, 0, listed.stderr);
    await run.assertExact();
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds < transactionTimeout / 1000 / 2, `${seconds} s`);
  });
});
