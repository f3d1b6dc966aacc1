import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { AsyncEvent } from '../../../src/async-event.js';
import { ComputePool } from '../../../src/compute/pool.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { LaneSession } from '../../../src/pipeline/consume/lane-session.js';
import { contentTypes, headerNames, type LaneLease, type Transport } from '../../../src/transport/transport.js';
import { batchOf } from '../../transport/records.js';
import { memoryLog, readMessages, runSession, sessionDefaults, topics, verify, withLog } from './lane-harness.js';

const setup = { wires: wireCodes(defaultGeometry), clock: defaultGeometry.clock, chambers: 4, shards: 1 };
const pool = new ComputePool(1, { ...setup, chunkBytes: 1024 });
const largeChunks = new ComputePool(1, { ...setup, chunkBytes: 1 << 20 });
after(() => Promise.all([pool.close(), largeChunks.close()]));

const batches = 20;
const batchRows = 50;

describe('LaneSession', () => {
  it('asks for the ends of partitions only when it has come to one', async () => {
    await withLog(1, async (log) => {
      const writer = await log.openWriter(topics.topic);
      const values = Array.from({ length: batches * batchRows }, (_, row) => `2,0,1,${1000 + row},0,5\n`);
      let end = 0;
      const valueEnds = Uint32Array.from(values, ({ length }) => (end += length));
      await writer.append([{ partition: 0, headers: {}, values: Buffer.from(values.join('')), valueEnds }]);
      await writer.close();
      const member = await log.joinGroup({ ...topics, lanes: 1, reset: false });
      const lease = await member.nextLane(AbortSignal.timeout(30_000));
      assert.ok(lease);
      let asked = 0;
      const counted = countedLease(lease, () => asked++);
      await new LaneSession(counted, pool, { ...sessionDefaults, batchRows }, new AbortController().signal).run();
      await lease.release();
      await member.close();
      assert.ok((await readMessages(log)).length >= batches);
      assert.ok(asked <= 4, `asked ${asked} times`);
    });
  });

  it('goes on where many small chunks come at once, of more than there are buffers', async () => {
    await withLog(1, async (log) => {
      const writer = await log.openWriter(topics.topic);
      const csv = Buffer.from('2,0,1,1000,0,5\n');
      const records = Array.from({ length: 100 }, (_, record) =>
        record % 2 === 0
          ? { headers: {}, values: csv }
          : { headers: { [headerNames.contentType]: contentTypes.words }, values: new Uint8Array(8) },
      );
      await writer.append(
        records.map((record) => ({ ...record, partition: 0, valueEnds: Uint32Array.of(record.values.length) })),
      );
      await writer.close();
      assert.equal(await runSession(log, largeChunks), 'end');
      const rows = (await readMessages(log)).reduce((sum, { ledger }) => sum + ledger.rows_read, 0);
      assert.equal(rows, records.length);
    });
  });

  for (const isAway of [true, false]) {
    const title = isAway ? 'holds orbits open for a partition that was silent' : 'closes orbits that only an idle';
    it(`${title} ${isAway ? 'while its brokers were away' : 'partition holds open'}`, async () => {
      const log = await memoryLog(2);
      const writer = await log.openWriter(topics.topic);
      const hits = (first: number, count: number): string[] =>
        Array.from({ length: count }, (_, row) => `2,0,1,${first + row},0,5`);
      await writer.append([batchOf(0, hits(0, 2000)), batchOf(1, hits(0, 100))]);
      const idleMs = 100;
      const options = { ...sessionDefaults, lateness: 10, batchIntervalMs: 5, idleMs, untilEnd: false };
      const member = await log.joinGroup({ ...topics, lanes: 1, reset: false });
      const lease = await member.nextLane(AbortSignal.timeout(10_000));
      assert.ok(lease);
      const stop = new AbortController();
      const silent = new AsyncEvent();
      let startMs: number | undefined;
      let asked = 0;
      const onBounds = (): void => {
        asked++;
        startMs ??= performance.now();
        // A busy machine takes its time until the first rows are decoded.
        if (performance.now() > startMs + 10 * idleMs) silent.notify();
      };
      const watched = countedLease(lease, onBounds, () => (isAway ? asked : 0));
      const ended = new LaneSession(watched, pool, options, stop.signal).run();
      await silent.wait({ waitMs: 10_000 });
      stop.abort();
      await ended;
      await member.close();
      await writer.append([batchOf(1, hits(100, 1900))]);
      assert.equal(await runSession(log, pool, options), 'stopped');
      assert.equal(await runSession(log, pool, { lateness: 10 }), 'end');
      const late = (await readMessages(log)).reduce((sum, { late_hits }) => sum + late_hits, 0);
      assert.equal(late > 0, !isAway, `${late} late hits`);
    });
  }

  it('takes another number of lanes only when no hit is open, and says why', async () => {
    await withLog(2, async (log) => {
      const writer = await log.openWriter(topics.topic);
      const lines = Array.from({ length: 20 }, (_, row) => `2,0,1,${1000 + row},0,5`);
      await writer.append([batchOf(0, lines), batchOf(1, lines)]);
      await writer.close();
      await runSession(log, pool, { untilEnd: false, batchIntervalMs: 1 });
      const rule =
        /with --lanes 2: it has hits open from --lanes 1, which must be published first: process --until-end --lanes 1/;
      await assert.rejects(runSession(log, pool, { lanes: 2 }), { code: 'usage', message: rule });
      assert.equal(await runSession(log, pool), 'end');
      assert.equal(await runSession(log, pool, { lanes: 2 }), 'end');
      assert.deepEqual((await verify(log)).differences, []);
    });
  });

  it('goes on from a commit that does not say how many lanes there were', async () => {
    await withOpenHits(async (log) => {
      await rewriteCommits(log, '"lanes":1,', '');
      assert.equal(await runSession(log, pool), 'end');
      const { rows, differences } = await verify(log);
      assert.deepEqual([rows, differences], [2, []]);
    });
  });

  it('publishes nothing where other hits are open than those of its commit', async () => {
    await withOpenHits(async (log) => {
      await rewriteCommits(log, '"carried":2,', '"carried":3,');
      const message =
        /cannot continue with group test: 3 open hits must be read again, found 2; .*\(--reset starts over\)$/;
      const before = await readMessages(log);
      await assert.rejects(runSession(log, pool), { code: 'transport', message });
      assert.deepEqual(await readMessages(log), before);
    });
  });
});

/** A log of two hits that a group has read and not published yet. */
async function withOpenHits(use: (log: Transport) => Promise<void>): Promise<void> {
  await withLog(1, async (log) => {
    const writer = await log.openWriter(topics.topic);
    await writer.append([batchOf(0, ['2,0,1,1000,0,5', '2,0,1,1001,0,5'])]);
    await writer.close();
    await runSession(log, pool, { untilEnd: false, batchIntervalMs: 1 });
    await use(log);
  });
}

/** Commits what is committed once more, with another text in the metadata. */
async function rewriteCommits(log: Transport, from: string, to: string): Promise<void> {
  const member = await log.joinGroup({ ...topics, lanes: 1, reset: false });
  const lease = await member.nextLane(AbortSignal.timeout(30_000));
  const offsets = [...(lease?.committed ?? [])].map(([partition, { offset, metadata }]) => {
    assert.ok(metadata.includes(from), metadata);
    return [partition, { offset, metadata: metadata.replace(from, to) }] as const;
  });
  await lease?.commit({ results: [], rejected: [], offsets: new Map(offsets) });
  await member.close();
}

/** A lease whose readers tell when they are asked for the ends, and say how often they were interrupted. */
function countedLease(lease: LaneLease, onBounds: () => void, interruptions = (): number => 0): LaneLease {
  return {
    lane: lease.lane,
    partitions: lease.partitions,
    committed: lease.committed,
    lost: lease.lost,
    topic: lease.topic,
    grown: lease.grown,
    commit: (transaction) => lease.commit(transaction),
    release: () => lease.release(),
    openReader: async (from) => {
      const reader = await lease.openReader(from);
      return {
        read: (options) => reader.read(options),
        pause: (partitions) => reader.pause(partitions),
        resume: (partitions) => reader.resume(partitions),
        positions: () => reader.positions(),
        bounds: () => {
          onBounds();
          return reader.bounds();
        },
        lostRecords: reader.lostRecords,
        get interruptions() {
          return interruptions();
        },
        close: () => reader.close(),
      };
    },
  };
}
