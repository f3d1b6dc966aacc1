import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import type { ComputePool } from '../../src/compute/pool.js';
import type { Summary } from '../../src/domain/batch-message.js';
import { defaultGeometry as geometry } from '../../src/domain/geometry.js';
import { SummarySum } from '../../src/domain/summary.js';
import { simulatorInput } from '../../src/commands/produce-input.js';
import { LaneSession, type SessionOptions } from '../../src/pipeline/consume/lane-session.js';
import type { PackOptions } from '../../src/pipeline/produce/packer.js';
import { ProduceRun } from '../../src/pipeline/produce/produce.js';
import { verifyGroup } from '../../src/pipeline/verify/verify-group.js';
import { resolveSimulatorOptions } from '../../src/sources/simulator/options.js';
import type { Transport } from '../../src/transport/transport.js';
import { directMessages, directPool, memorySource } from '../helpers/direct.js';
import { parseMessage } from '../helpers/wire-schema.js';
import { classify } from '../model/classify.js';
import { readTopic, sessionDefaults, withLog } from '../pipeline/consume/lane-harness.js';
import { simulateCsv } from '../sources/simulator/read-all.js';
import { invariant } from './line.js';

/** Two runs, the wrap of the counter, malformed rows and 600 orbits of disorder. */
const simulation = resolveSimulatorOptions({
  rows: 4000,
  seed: 11,
  startOrbit: 2 ** 32 - 6000,
  restartAfterRows: [2400],
  malformedShare: 0.02,
  disorderOrbits: 600,
});

const layouts: readonly PackOptions[] = [1, 10].flatMap((partitions) =>
  (['orbit', 'round-robin'] as const).flatMap((partitionBy) =>
    [1, 100].flatMap((rowsPerMessage) =>
      (['csv', 'words'] as const).map((encoding) => ({ partitions, partitionBy, rowsPerMessage, encoding })),
    ),
  ),
);
const threads = [1, 2, 8];
const shards = [1, 3, 10];
const batchRows = [97, 5000];

/** Every way to compute, each as a group of its own. */
const groups = threads.flatMap((threadCount) =>
  shards.flatMap((shardCount) =>
    batchRows.map((rows) => ({ name: `t${threadCount}-s${shardCount}-b${rows}`, threadCount, shardCount, rows })),
  ),
);

type Group = (typeof groups)[number];

async function produce(log: Transport, pack: PackOptions): Promise<void> {
  const writer = await log.openWriter('data_raw');
  const run = new ProduceRun(simulatorInput({ ...simulation, format: 'csv' }), writer, {
    ...pack,
    rowsPerSecond: Infinity,
    rowsMax: simulation.rows ?? 0,
    loop: false,
    resume: undefined,
    lingerMs: 1,
    appendBytes: 20_000,
    clock: { now: () => performance.now(), sleep: () => setImmediate() },
    signal: new AbortController().signal,
  });
  await run.run();
  await writer.close();
}

async function processAll(log: Transport, pool: ComputePool, group: Group): Promise<void> {
  const { name, rows } = group;
  const topics = { topic: 'data_raw', results: `${name}-clean`, rejected: `${name}-rejected` };
  const member = await log.joinGroup({ group: name, ...topics, lanes: 1, reset: false });
  const lease = await member.nextLane(AbortSignal.timeout(30_000));
  assert.ok(lease);
  // Many small messages are quicker without lists; `verify` looks at those of the large ones.
  const detail = rows < 1000 ? 'none' : 'full';
  const options: SessionOptions = { ...sessionDefaults, group: name, batchRows: rows, detail };
  assert.equal(await new LaneSession(lease, pool, options, new AbortController().signal).run(), 'end');
  await member.close();
}

async function sumOf(log: Transport, { name }: Group): Promise<Summary> {
  const sum = new SummarySum(geometry.chambers.length);
  for (const { value } of await readTopic(log, `${name}-clean`)) sum.add(parseMessage(value));
  return sum.summary;
}

describe('every mix of layout, threads, shards and batches', () => {
  const pools = new Map<string, ComputePool>();
  let expected: ReturnType<typeof invariant>;
  let rejected: string[];
  before(async () => {
    for (const threadCount of threads) {
      for (const shardCount of shards) {
        pools.set(`${threadCount} ${shardCount}`, directPool({ threads: threadCount, shards: shardCount }));
      }
    }
    const bytes = await simulateCsv(simulation);
    const sum = new SummarySum(geometry.chambers.length);
    const messages = await directMessages([memorySource(bytes, 'csv')], poolOf(1, 1));
    for (const message of messages) sum.add(message);
    expected = invariant(sum.summary);
    rejected = rejectedLines(bytes);
  });
  after(() => Promise.all([...pools.values()].map((pool) => pool.close())));

  const poolOf = (threadCount: number, shardCount: number): ComputePool => {
    const pool = pools.get(`${threadCount} ${shardCount}`);
    assert.ok(pool);
    return pool;
  };

  const assertEqual = async (log: Transport, group: Group): Promise<void> => {
    const { name } = group;
    assert.deepEqual(invariant(await sumOf(log, group)), expected, name);
    const topics = { group: name, topic: 'data_raw', results: `${name}-clean` };
    const { differences, lateOrbits, rows } = await verifyGroup(log, { ...topics, geometry });
    assert.deepEqual([differences, lateOrbits, rows], [[], 0, simulation.rows], name);
    const records = await readTopic(log, `${name}-rejected`);
    assert.deepEqual(records.map(({ value, headers }) => `${headers.reason} ${value}`).toSorted(), rejected, name);
  };

  for (const pack of layouts) {
    const { partitions, partitionBy, rowsPerMessage, encoding } = pack;
    const name = `${partitions} partitions by ${partitionBy}, ${rowsPerMessage} rows a message as ${encoding}`;
    it(`has one sum, equal to a recount, from ${name}`, async () => {
      await withLog(partitions, async (log) => {
        await produce(log, pack);
        // Groups do not mind each other: those of one number of threads work side by side.
        for (const threadCount of threads) {
          const some = groups.filter((group) => group.threadCount === threadCount);
          await Promise.all(some.map((group) => processAll(log, poolOf(threadCount, group.shardCount), group)));
        }
        for (const group of groups) await assertEqual(log, group);
      });
    });
  }
});

/** `reason bytes` of each line that must be rejected, sorted. */
function rejectedLines(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .flatMap((line) => {
      const fate = classify(line, geometry);
      return fate.kind === 'rejected' ? [`${fate.reason} ${line}`] : [];
    })
    .toSorted();
}
