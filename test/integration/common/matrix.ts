import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { ComputePool } from '../../../src/compute/pool.js';
import type { Summary } from '../../../src/domain/batch-message.js';
import { defaultGeometry as geometry } from '../../../src/domain/geometry.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { simulatorInput } from '../../../src/commands/produce/input.js';
import { LaneSession } from '../../../src/pipeline/consume/lane-session.js';
import type { SessionOptions } from '../../../src/pipeline/consume/session-options.js';
import type { PackOptions } from '../../../src/pipeline/produce/packer.js';
import { ProduceRun } from '../../../src/pipeline/produce/produce.js';
import { verifyGroup } from '../../../src/pipeline/verify/verify-group.js';
import { resolveSimulatorOptions } from '../../../src/sources/simulator/options.js';
import type { Transport } from '../../../src/transport/transport.js';
import { directMessages, directPool, memorySource } from '../../helpers/program/direct.js';
import { parseMessage } from '../../helpers/assert/wire-schema.js';
import { classify } from '../../model/classify.js';
import { defaultPlan as plan, readTopic, sessionDefaults } from '../../pipeline/consume/lane-harness.js';
import { realClock } from '../../pipeline/produce/rows.js';
import { simulateCsv } from '../../sources/simulator/read-all.js';
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

/** Every way to write the rows. */
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

/** A way to compute, as a group of its own. */
interface MatrixGroup {
  readonly name: string;
  readonly threadCount: number;
  readonly shardCount: number;
  readonly rows: number;
}

const groups: readonly MatrixGroup[] = threads.flatMap((threadCount) =>
  shards.flatMap((shardCount) =>
    batchRows.map((rows) => ({ name: `t${threadCount}-s${shardCount}-b${rows}`, threadCount, shardCount, rows })),
  ),
);

/** A log with the topic of one layout. */
interface MatrixPlace {
  readonly log: Transport;
  readonly topic: string;
  /** Before the names of groups and their topics. */
  readonly prefix: string;
}

export interface MatrixOptions {
  /** Gives a log with an empty topic of so many partitions, and takes it away afterwards. */
  readonly withPlace: (partitions: number, use: (place: MatrixPlace) => Promise<void>) => Promise<void>;
  /**
   * Of how many ways to compute one is tried on each layout, others on the next; default 1 = all on all. With 3 any two
   * settings still meet: see {@link unmetPairs}.
   */
  readonly oneOf?: number;
}

/** Every mix of layout, threads, shards and batches, on a log. */
export function matrixTests({ withPlace, oneOf = 1 }: MatrixOptions): void {
  const pools = new Map<string, ComputePool>();
  let expected: ReturnType<typeof invariant>;
  let rejected: string[];
  before(async () => {
    for (const threadCount of threads) {
      for (const shardCount of shards) {
        pools.set(`${threadCount} ${shardCount}`, directPool({ threads: threadCount, shards: shardCount, plan }));
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

  const assertEqual = async (place: MatrixPlace, group: MatrixGroup): Promise<void> => {
    const { name, results, rejected: rejectedTopic } = topicsOf(place, group);
    const { log, topic } = place;
    assert.deepEqual(invariant(await sumOf(log, results)), expected, name);
    const { differences, lateOrbits, rows, physicsNotCompared } = await verifyGroup(log, {
      group: name,
      topic,
      results,
      geometry,
      plan,
    });
    assert.deepEqual([differences, lateOrbits, rows, physicsNotCompared], [[], 0, simulation.rows, undefined], name);
    const records = await readTopic(log, rejectedTopic);
    assert.deepEqual(records.map(({ value, headers }) => `${headers.reason} ${value}`).toSorted(), rejected, name);
  };

  it('lets any two settings meet', () => assert.deepEqual(unmetPairs(oneOf), []));

  for (const [index, pack] of layouts.entries()) {
    const { partitions, partitionBy, rowsPerMessage, encoding } = pack;
    const name = `${partitions} partitions by ${partitionBy}, ${rowsPerMessage} rows per message as ${encoding}`;
    it(`has one sum, equal to a recount, from ${name}`, async () => {
      await withPlace(partitions, async (place) => {
        await produce(place, pack);
        const tried = groupsOn(index, oneOf);
        // Groups do not mind each other: those of one number of threads work side by side.
        for (const threadCount of threads) {
          const some = tried.filter((group) => group.threadCount === threadCount);
          await Promise.all(some.map((group) => processAll(place, poolOf(threadCount, group.shardCount), group)));
        }
        for (const group of tried) await assertEqual(place, group);
      });
    });
  }
}

/** The ways to compute that are tried on a layout. */
function groupsOn(layout: number, oneOf: number): readonly MatrixGroup[] {
  return groups.filter((_, index) => (index + layout) % oneOf === 0);
}

/** Pairs of settings that no test has together. */
function unmetPairs(oneOf: number): string[] {
  const settingsOf = (pack: PackOptions, { threadCount, shardCount, rows }: MatrixGroup): string[] => [
    ...Object.entries(pack).map(([name, value]) => `${name} ${value}`),
    ...[`threads ${threadCount}`, `shards ${shardCount}`, `batch rows ${rows}`],
  ];
  const pairsOf = (settings: readonly string[]): string[] =>
    settings.flatMap((one, i) => settings.slice(i + 1).map((other) => `${one}, ${other}`));
  const all = layouts.flatMap((pack) => groups.flatMap((group) => pairsOf(settingsOf(pack, group))));
  const met = new Set(
    layouts.flatMap((pack, layout) => groupsOn(layout, oneOf).flatMap((group) => pairsOf(settingsOf(pack, group)))),
  );
  return [...new Set(all)].filter((pair) => !met.has(pair));
}

async function produce({ log, topic }: MatrixPlace, pack: PackOptions): Promise<void> {
  const writer = await log.openWriter(topic);
  const run = new ProduceRun(simulatorInput({ ...simulation, format: 'csv' }), writer, {
    ...pack,
    pace: Infinity,
    rowsMax: simulation.rows ?? 0,
    loop: false,
    resume: undefined,
    lingerMs: 1,
    appendBytes: 20_000,
    clock: realClock,
    signal: new AbortController().signal,
  });
  await run.run();
  await writer.close();
}

async function processAll(place: MatrixPlace, pool: ComputePool, group: MatrixGroup): Promise<void> {
  const { log, topic } = place;
  const { name, results, rejected } = topicsOf(place, group);
  const one = { partitions: 1, replicationFactor: 1, writer: 'group' as const };
  await log.createTopics([results, rejected].map((own) => ({ topic: own, ...one })));
  const member = await log.joinGroup({ group: name, topic, results, rejected, lanes: 1, reset: false });
  const lease = await member.nextLane(AbortSignal.timeout(30_000));
  assert.ok(lease);
  // Many small messages are quicker without lists; `verify` looks at those of the large ones.
  const detail = group.rows < 1000 ? 'none' : 'full';
  const options: SessionOptions = { ...sessionDefaults, plan, group: name, batchRows: group.rows, detail };
  assert.equal(await new LaneSession(lease, pool, options, new AbortController().signal).run(), 'end');
  await member.close();
}

async function sumOf(log: Transport, results: string): Promise<Summary> {
  const sum = new SummarySum(geometry.chambers.length);
  for (const { value } of await readTopic(log, results)) sum.add(parseMessage(value));
  return sum.summary;
}

/** Name of a group and of its topics. */
function topicsOf(
  { prefix }: MatrixPlace,
  { name }: MatrixGroup,
): { readonly name: string; readonly results: string; readonly rejected: string } {
  const own = `${prefix}${name}`;
  return { name: own, results: `${own}-clean`, rejected: `${own}-rejected` };
}

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
