import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipKafka } from '../helpers/kafka-broker.js';
import { kafkaLine } from './kafka-line.js';
import { endOf, stderrSays } from './kafka-pipeline.js';

describe('exactly once on Kafka', { skip: skipKafka }, () => {
  const { pipeline } = kafkaLine(120_000);

  it('publishes every row once when processes are killed and stopped after something new was published', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '6k');
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
      const member = run.process();
      await run.published();
      member.child.kill(signal);
      await member.result();
    }
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.assertExact();
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
    await stderrSays(first, /lane 0 of group .* has another owner now; standing by/);
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
    await stderrSays(first, /lane [01] of group .* has another owner now; standing by/);
    await Promise.all([run.published(0), run.published(1)]);
    await run.stop(second);
    await Promise.all([run.published(0), run.published(1)]);
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.stop(first);
    await run.assertExact();
  });
});
