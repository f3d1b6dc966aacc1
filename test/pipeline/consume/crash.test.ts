import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ComputePool } from '../../../src/compute/pool.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { physicsPlan } from '../../../src/domain/physics-plan.js';
import { defaultPhysics } from '../../../src/domain/physics-settings.js';
import { PhysicsSum } from '../../../src/domain/physics-sum.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import type { Transport } from '../../../src/transport/transport.js';
import type { Difference } from '../../../src/pipeline/verify/difference.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { assertMessageLaws } from '../../helpers/assert/message-laws.js';
import {
  isSettled,
  type Split,
  splitArbitrary,
  stepsOf,
  type Stream,
  streamArbitrary,
} from '../../model/arbitraries.js';
import { classify } from '../../model/classify.js';
import type { StreamLine } from '../../model/line-arbitrary.js';
import { recount, totalsOf } from '../../model/recount.js';
import { modelViewOf, rowsOf } from '../../model/replay.js';
import {
  type Interruption,
  readMessages,
  readTopic,
  recordsOfLines,
  runSession,
  topics,
  verify,
  withLog,
} from './lane-harness.js';

/** Small streams come to the bound of waiting rows. */
const waitRowsMax = 40;

/** With pauses that are short enough to be gaps in small streams. */
const plan = physicsPlan(defaultGeometry, { ...defaultPhysics, gapSlots: 5 }, { isFull: true, hash: 'crash' });

const pools = [
  { threads: 1, shards: 1 },
  { threads: 2, shards: 3 },
].map(({ threads, shards }) => {
  return new ComputePool(threads, {
    wires: wireCodes(defaultGeometry),
    clock: defaultGeometry.clock,
    chambers: 4,
    plan,
    shards,
    chunkBytes: 1024,
  });
});

after(() => Promise.all(pools.map((pool) => pool.close())));

interface Session {
  /** Reads of the stream that come in before it. */
  readonly reads: number;
  readonly mode: 'live' | 'flush' | 'until end';
  readonly idleMs: number;
  readonly interruption: Interruption;
}

/** A life of a group: rows come in, and sessions end before their time. */
interface Life {
  readonly split: Split;
  readonly linesPerRecord: number;
  readonly batchRows: number;
  readonly lateness: number;
  readonly pool: number;
  readonly sessions: readonly Session[];
}

const lifeArbitrary: fc.Arbitrary<Life> = fc.record({
  split: splitArbitrary(),
  linesPerRecord: fc.constantFrom(1, 2, 7),
  batchRows: fc.constantFrom(1, 3, 10, 40, 500),
  lateness: fc.constantFrom(0, 10, 100, 5000),
  pool: fc.nat(pools.length - 1),
  sessions: fc.array(
    fc.record({
      reads: fc.nat(10),
      mode: fc.oneof({ weight: 3, arbitrary: fc.constant('live' as const) }, fc.constantFrom('flush', 'until end')),
      idleMs: fc.constantFrom(0, 60_000),
      interruption: fc.record({ kind: fc.constantFrom('before', 'after', 'stop'), commit: fc.nat(6) }),
    }),
    { maxLength: 6 },
  ),
});

const numRuns = casesOf(40);

/** What a group has published in its life, and what verify says of it. */
interface Outcome {
  readonly messages: readonly BatchMessage[];
  /** `reason bytes` of each rejected row. */
  readonly rejected: readonly string[];
  readonly differences: readonly Difference[];
  /** Whether a session before the last may have published hits that had no place yet: at its end, or by a flush. */
  readonly isFlushed: boolean;
}

/** Lives through it all and comes to the end. */
function live({ lines }: Stream, life: Life): Promise<Outcome> {
  return withLog(life.split.partitions, async (log) => {
    const writer = await log.openWriter(topics.topic);
    const { batchRows, lateness, linesPerRecord } = life;
    const options = { batchRows, lateness, waitRowsMax, plan };
    const steps = stepsOf(lines, life.split).filter((step) => step.kind === 'read');
    /** Like produce, which marks the first records of a partition only. */
    const marks = new Map<number, string | undefined>();
    const append = async (count: number): Promise<void> => {
      const batches = steps.splice(0, count).map(({ partition, lines: own, mark }) => {
        const isFirst = marks.get(partition) !== mark;
        marks.set(partition, mark);
        return recordsOfLines(partition, own, linesPerRecord, isFirst ? mark : undefined);
      });
      if (batches.length > 0) await writer.append(batches);
    };
    let isFlushed = false;
    for (const { reads, mode, idleMs, interruption } of life.sessions) {
      await append(reads);
      const live = mode === 'until end' ? {} : { untilEnd: false, batchIntervalMs: 1, idleMs };
      const flush = mode === 'flush' ? { flushAfterMs: 0 } : {};
      const end = await runSession(log, pools[life.pool], { ...options, ...live, ...flush }, interruption);
      isFlushed ||= mode === 'flush' || end === 'end';
    }
    await append(steps.length);
    await writer.close();
    assert.equal(await runSession(log, pools[life.pool], options), 'end');
    const messages = await readMessages(log);
    const rejected = await readTopic(log, topics.rejected);
    return {
      messages,
      isFlushed,
      rejected: rejected.map(({ value, headers }) => `${headers.reason} ${value}`),
      ...(await verified(log, messages)),
    };
  });
}

/** What verify says; also of physics, where nothing was late. */
async function verified(log: Transport, messages: readonly BatchMessage[]): Promise<Pick<Outcome, 'differences'>> {
  if (messages.length === 0) return { differences: [] };
  const { differences, physicsNotCompared } = await verify(log, { plan, waitRowsMax });
  const rows = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const triggersLate = messages.some(({ ledger, physics }) => ledger.scintillator > rows(physics?.trigger.rows ?? []));
  if (noLate(messages) && !triggersLate) assert.equal(physicsNotCompared, undefined);
  else assert.match(physicsNotCompared ?? '', /^\d+ late (orbits?|trigger rows?)$/);
  return { differences };
}

/** What no crash may change, whatever the stream: every row has had its fate once. */
function assertEachRowOnce(lines: readonly StreamLine[], { messages, rejected }: Outcome): void {
  assertMessageLaws(messages);
  assert.equal(messages[0]?.msg_ID ?? 0, 0);
  assert.equal(messages.at(-1)?.ledger.carried_out ?? 0, 0);
  const fates = rowsOf(lines);
  const said = messages.map(({ ledger }) => ledger);
  const sum = (of: (ledger: BatchMessage['ledger']) => number): number => said.reduce((all, one) => all + of(one), 0);
  const count = (kind: string, reason?: string): number =>
    fates.filter((row) => row.kind === kind && (!('reason' in row) || row.reason === reason)).length;
  assert.deepEqual(
    {
      rows: sum((ledger) => ledger.rows_read),
      scintillator: sum((ledger) => ledger.scintillator),
      head: sum(({ dropped }) => dropped.head),
      channel: sum(({ dropped }) => dropped.channel),
    },
    {
      rows: fates.length,
      scintillator: count('scintillator'),
      head: count('dropped', 'head'),
      channel: count('dropped', 'channel'),
    },
  );
  const views = messages.map(modelViewOf);
  assert.deepEqual(totalsOf(views, defaultGeometry).channels, recount(fates, defaultGeometry).channels);
  const expected = lines.flatMap(({ text, fate }) =>
    fate.kind === 'rejected' ? [`${fate.reason} ${Buffer.from(text).toString('latin1')}`] : [],
  );
  assert.deepEqual(rejected.toSorted(), expected.toSorted());
}

const noLate = (messages: readonly BatchMessage[]): boolean => messages.every(({ late_orbits }) => late_orbits === 0);

/** What one life and another must both say when nothing was late. */
function sumOf(messages: readonly BatchMessage[]): unknown {
  const physics = new PhysicsSum();
  for (const message of messages) physics.add(message);
  return { totals: totalsOf(messages.map(modelViewOf), defaultGeometry), physics: physics.sum };
}

describe('a lane that crashes, stops and starts again', () => {
  it('publishes each row once and as verify counts it, whatever the stream, from one partition', async () => {
    await fc.assert(
      fc.asyncProperty(streamArbitrary({ corrupt: true, marks: true }), lifeArbitrary, async (stream, anyLife) => {
        const life = { ...anyLife, split: { ...anyLife.split, partitions: 1 } };
        const outcome = await live(stream, life);
        assertEachRowOnce(stream.lines, outcome);
        assert.deepEqual(outcome.differences, []);
        const undisturbed = await live(stream, { ...life, sessions: [] });
        if (!outcome.isFlushed && noLate([...outcome.messages, ...undisturbed.messages])) {
          assert.deepEqual(sumOf(outcome.messages), sumOf(undisturbed.messages));
        }
      }),
      { numRuns },
    );
  });

  it('publishes from several partitions what an offline recount of the stream says', async () => {
    await fc.assert(
      fc.asyncProperty(
        streamArbitrary({ corrupt: false, settledPartitions: 4, marks: true }),
        lifeArbitrary,
        async (stream, life) => {
          fc.pre(isSettled(stream.lines, life.split));
          const outcome = await live(stream, life);
          assertEachRowOnce(stream.lines, outcome);
          assert.deepEqual(outcome.differences, []);
          if (!outcome.isFlushed && noLate(outcome.messages)) {
            const totals = totalsOf(outcome.messages.map(modelViewOf), defaultGeometry);
            assert.deepEqual(totals, recount(rowsOf(stream.lines), defaultGeometry));
          }
        },
      ),
      { numRuns },
    );
  });

  it('publishes each row once, whatever the stream, from several partitions', async () => {
    await fc.assert(
      fc.asyncProperty(streamArbitrary({ corrupt: true, marks: true }), lifeArbitrary, async (stream, life) => {
        const outcome = await live(stream, life);
        assertEachRowOnce(stream.lines, outcome);
        assert.deepEqual(outcome.differences, []);
      }),
      { numRuns },
    );
  });

  it('counts a row that began the run of a mark as verify does, which reads another partition first', async () => {
    const line = (text: string, mark: string): StreamLine => {
      return { text, end: '\n', fate: classify(text, defaultGeometry), segment: 0, mark };
    };
    // 2^21 orbits apart: whichever comes first begins the run of the first mark, and the other waits.
    const lines = [
      line('2,0,0,4292870143,0,0', 'first'),
      line('2,1,128,4294967295,0,0', 'first'),
      line('2,0,0,4243992799,0,0', 'second'),
    ];
    const outcome = await live(
      { lines },
      {
        split: { partitions: 3, blockOrbits: 16, reads: [] },
        linesPerRecord: 1,
        batchRows: 40,
        lateness: 0,
        pool: 0,
        sessions: [],
      },
    );
    assertEachRowOnce(lines, outcome);
    assert.deepEqual(outcome.differences, []);
  });
});
