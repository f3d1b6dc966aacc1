import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { openKafkaLog } from '../../../src/transport/kafka/kafka-log.js';
import type { Transport } from '../../../src/transport/transport.js';
import { runCli } from '../../helpers/program/cli.js';
import { type KafkaBroker, startBroker } from '../../helpers/servers/kafka-broker.js';
import { KafkaPipeline } from './pipeline.js';

/** What the tests of a suite share: a broker, a log on it and a file of rows. There once the suite has begun. */
export interface KafkaLine {
  readonly broker: () => KafkaBroker;
  readonly log: () => Transport;
  readonly input: string;
  /** A topic and a group of their own; `flags` are of every `process`. */
  readonly pipeline: (...flags: readonly string[]) => KafkaPipeline;
}

/**
 * Starts all that before the tests of a suite, and ends it after them.
 *
 * @param timeoutMs after which a process is killed; default: a minute
 */
export function kafkaLine(rows: number, timeoutMs?: number): KafkaLine {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-kafka-line-'));
  const input = join(dir, 'rows.csv');
  const pipelines: KafkaPipeline[] = [];
  let running: { readonly broker: KafkaBroker; readonly log: Transport } | undefined;
  const get = (): NonNullable<typeof running> => {
    assert.ok(running);
    return running;
  };

  before(async () => {
    const broker = await startBroker();
    const log = await openKafkaLog({ brokers: [broker.brokers], connectWaitMs: 30_000 });
    running = { broker, log };
    const topics = ['data_clean', 'data_rejected'];
    await log.createTopics(topics.map((topic) => ({ topic, partitions: 1, replicationFactor: 1 })));
    const share = ['--malformed-share', '0.001'];
    const made = await runCli(['simulate', '--rows', String(rows), ...share, '--out', input, '--quiet']);
    assert.equal(made.code, 0, made.stderr);
  });
  after(async () => {
    for (const pipeline of pipelines) pipeline.close();
    await running?.log.close();
    await running?.broker.close();
    rmSync(dir, { recursive: true, force: true });
  });

  return {
    broker: () => get().broker,
    log: () => get().log,
    input,
    pipeline: (...flags) => {
      const { broker, log } = get();
      const at = { brokers: broker.brokers, log, input, rows, flags };
      const made = new KafkaPipeline(timeoutMs === undefined ? at : { ...at, timeoutMs });
      pipelines.push(made);
      return made;
    },
  };
}
