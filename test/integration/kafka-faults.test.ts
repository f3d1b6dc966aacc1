import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openKafkaLog } from '../../src/transport/kafka/kafka-log.js';
import type { Transport } from '../../src/transport/transport.js';
import { runCli, type RunningCli } from '../helpers/cli.js';
import { type KafkaBroker, skipKafka, startBroker } from '../helpers/kafka-broker.js';
import { endOf, KafkaPipeline } from './kafka-pipeline.js';

describe('exactly once on Kafka', { skip: skipKafka }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-faults-'));
  const input = join(dir, 'rows.csv');
  const pipelines: KafkaPipeline[] = [];
  let broker: KafkaBroker;
  let log: Transport;

  before(async () => {
    broker = await startBroker();
    log = await openKafkaLog({ brokers: [broker.brokers], connectWaitMs: 30_000 });
    const topics = ['data_clean', 'data_rejected'];
    await log.createTopics(topics.map((topic) => ({ topic, partitions: 1, replicationFactor: 1 })));
    const made = await runCli(['simulate', '--rows', '120k', '--malformed-share', '0.001', '--out', input, '--quiet']);
    assert.equal(made.code, 0, made.stderr);
  });
  after(async () => {
    for (const pipeline of pipelines) pipeline.close();
    await log.close();
    await broker.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const pipeline = (...flags: readonly string[]): KafkaPipeline => {
    const made = new KafkaPipeline({ brokers: broker.brokers, log, input, flags });
    pipelines.push(made);
    return made;
  };

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
    await run.published();
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

  it('survives a broker that dies and comes back while rows are written and read', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '20k');
    const member = run.process();
    await run.published();
    await broker.kill();
    await broker.start();
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.stop(member);
    await run.assertExact();
  });

  it('waits for brokers that are away at the start, says so, and goes on', async () => {
    const run = pipeline();
    await broker.stop();
    const produce = run.produce('--rate', 'max');
    await stderrSays(produce, /cannot reach Kafka at .*connection refused\); trying again for \d+ s/);
    await broker.start();
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.assertExact();
  });
});

/** Resolves when a process has said something like this, rejects when it ends without. */
async function stderrSays({ child }: RunningCli, pattern: RegExp): Promise<void> {
  let said = '';
  child.stderr.on('data', (text: string) => (said += text));
  while (!pattern.test(said)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended and said only: ${said}`);
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
  }
}
