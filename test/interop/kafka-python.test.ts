import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Summary } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { SummarySum } from '../../src/domain/summary.js';
import { openKafkaLog } from '../../src/transport/kafka/kafka-log.js';
import type { Transport } from '../../src/transport/transport.js';
import { type CliResult, runCli, summaryOf } from '../helpers/program/cli.js';
import { type KafkaBroker, skipKafka, startBroker } from '../helpers/servers/kafka-broker.js';
import { runInterop, skipPython } from '../helpers/program/python.js';
import { parseMessage } from '../helpers/assert/wire-schema.js';
import { invariant } from '../integration/common/line.js';
import { readTopic } from '../pipeline/consume/lane-harness.js';

const rowCount = 12_000;
const partitions = 6;

/** What dashboard.py prints. */
interface DashboardSums {
  readonly ids: readonly number[];
  readonly hit_count: number;
  readonly hit_count_chamber: readonly number[];
  readonly hits_channel: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly orbits_by_active: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

describe('programs with kafka-python', { skip: skipKafka || skipPython }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-interop-'));
  const input = join(dir, 'rows.csv');
  let broker: KafkaBroker;
  let log: Transport;
  let direct: Summary;

  before(async () => {
    broker = await startBroker();
    log = await openKafkaLog({ brokers: [broker.brokers] });
    const simulated = await runCli([
      ...['simulate', '--rows', String(rowCount), '--seed', '5', '--disorder-orbits', '600'],
      ...['--malformed-share', '0.01', '--out', input, '--quiet'],
    ]);
    assert.equal(simulated.code, 0, simulated.stderr);
    direct = summaryOf(await runCli(['process', input, '--summary', '--threads', '1', '--quiet']));
  });
  after(async () => {
    await log.close();
    await broker.close();
    rmSync(dir, { recursive: true });
  });

  const run = async (...args: readonly string[]): Promise<CliResult> => {
    const result = await runCli([...args, '--brokers', broker.brokers]);
    assert.equal(result.code, 0, `${args.join(' ')}\n${result.stderr}\n${result.stdout}`);
    return result;
  };
  const process = (topic: string, group: string, ...flags: readonly string[]): Promise<CliResult> =>
    run('process', '--topic', topic, '--group', group, '--until-end', '--threads', '1', ...flags);
  const assertEqual = async (topic: string, group: string): Promise<void> => {
    const { stdout } = await run('verify', '--topic', topic, '--group', group, '--quiet');
    assert.match(stdout, /^equal over 12,000 rows/);
  };
  const feed = async (topic: string): Promise<void> => {
    await log.createTopics([{ topic, partitions, replicationFactor: 1 }]);
    await runInterop('row_producer.py', broker.brokers, topic, input);
  };

  it('read our messages by the five keys of the first system and find our sums', async () => {
    await run('produce', input, '--topic', 'raw-ours', '--rate', 'max', '--quiet');
    await process('raw-ours', 'ours', '--batch-rows', '1500', '--orbit-detail', 'full');
    await assertEqual('raw-ours', 'ours');
    const seen = JSON.parse(await runInterop('dashboard.py', broker.brokers)) as DashboardSums;
    assert.ok(seen.ids.length >= rowCount / 1500);
    assert.deepEqual(
      seen.ids,
      seen.ids.map((_, index) => index),
    );
    assert.deepEqual([seen.hit_count, seen.hit_count_chamber], [direct.hit_count, direct.hit_count_chamber]);
    for (const [chamber, channels] of Object.entries(seen.hits_channel)) {
      const { bin_edges, hist_counts } = direct.tdc_counts_chamber[chamber];
      assert.deepEqual(channels, Object.fromEntries(bin_edges.map((channel, i) => [channel, hist_counts[i]])));
      const orbits = direct.active_channels_chamber[chamber].map((count, active) => [active, count] as const);
      // Orbits without a hit in a chamber are in no list.
      const listed = orbits.filter(([active, count]) => active > 0 && count > 0);
      assert.deepEqual(seen.orbits_by_active[chamber], Object.fromEntries(listed));
    }
  });

  it('feed us a row a message without key or header, exactly on one lane', async () => {
    await feed('raw-foreign');
    const { stderr } = await process('raw-foreign', 'foreign', '--quiet');
    assert.equal(stderr, '');
    await assertEqual('raw-foreign', 'foreign');
    const sum = new SummarySum(defaultGeometry.chambers.length);
    for (const { value } of await readTopic(log, 'data_clean')) {
      const message = parseMessage(value);
      if (message.producer === 'foreign/0') sum.add(message);
    }
    assert.deepEqual(invariant(sum.summary), invariant(direct));
  });

  it('feed several lanes, and the user hears that orbits may be split', async () => {
    await feed('raw-lanes');
    const { stderr } = await process('raw-lanes', 'lanes', '--lanes', '3', '--quiet');
    const warning =
      'rows of raw-lanes are not keyed by orbit: with 3 lanes orbits may be split, and physics is null; --lanes 1 is exact';
    assert.equal(stderr.split(warning).length - 1, 1, stderr);
    await assertEqual('raw-lanes', 'lanes');
  });

  it('cause no such warning when dtstream has keyed the rows', async () => {
    const { stderr } = await process('raw-ours', 'keyed', '--lanes', '3', '--quiet');
    assert.equal(stderr, '');
    await assertEqual('raw-ours', 'keyed');
  });
});
