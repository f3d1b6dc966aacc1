import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ComputePool } from '../../../src/compute/pool.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { SummarySum } from '../../../src/domain/summary.js';
import type { LostRecords } from '../../../src/pipeline/consume/lane-reader.js';
import { LaneSession } from '../../../src/pipeline/consume/lane-session.js';
import type { SessionOptions } from '../../../src/pipeline/consume/session-options.js';
import type { MemoryLog } from '../../helpers/memory-log/memory-log.js';
import { assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { batchOf } from '../../transport/records.js';
import { memoryLog, readMessages, runSession, sessionDefaults, topics, verify, withLog } from './lane-harness.js';

const { topic } = topics;
const pool = new ComputePool(1, {
  wires: wireCodes(defaultGeometry),
  clock: defaultGeometry.clock,
  chambers: 4,
  shards: 1,
  chunkBytes: 1024,
});
after(() => pool.close());

/** Hits one orbit after the other. */
function hits(count: number, orbitFirst: number): string[] {
  return Array.from({ length: count }, (_, row) => `2,0,${row % 64},${orbitFirst + row},5,5`);
}

/** What a message says of offsets. */
function placesOf({ input, lost }: BatchMessage): object {
  return { input, lost };
}

const live: Partial<SessionOptions> = { untilEnd: false, batchIntervalMs: 1, lateness: 10 };

/** A session that is under way until {@link stop}, its lane being taken. */
async function startSession(log: MemoryLog, options: Partial<SessionOptions>) {
  const member = await log.joinGroup({ ...topics, lanes: 1, reset: false });
  const lease = await member.nextLane(AbortSignal.timeout(10_000));
  assert.ok(lease);
  const stop = new AbortController();
  const ended = new LaneSession(lease, pool, { ...sessionDefaults, ...options }, stop.signal).run();
  return {
    ended,
    stop: async () => {
      stop.abort();
      const end = await ended;
      await member.close();
      return end;
    },
    leave: () => member.close(),
  };
}

/** Resolves when the group has committed so much of partition 0. */
async function committed(log: MemoryLog, read: number): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  const isThere = (): boolean =>
    log.committed.get(`${topics.group} ${topic}`)?.get(0)?.metadata.includes(`"r":${read},`) ?? false;
  while (!isThere() && !signal.aborted) await log.changed(100, signal);
  assert.ok(isThere(), `no commit up to ${read}`);
}

describe('records that were deleted before they were read', () => {
  it('are said, stand in the message outside of input, and verify lists them', async () => {
    const log = await memoryLog(2);
    log.append(topic, [batchOf(0, hits(10, 0)), batchOf(1, hits(10, 0))]);
    assert.equal(await runSession(log, pool), 'end');
    // Of another slot: the first one is closed.
    log.append(topic, [batchOf(0, hits(50, 64)), batchOf(1, hits(50, 64))]);
    log.deleteBefore(topic, 0, 40);
    const said: LostRecords[] = [];
    assert.equal(await runSession(log, pool, { batchRows: 1000, onLost: (hole) => said.push(hole) }), 'end');
    assert.deepEqual(said, [{ partition: 0, from: 10, to: 40 }]);
    const messages = await readMessages(log);
    assert.deepEqual(messages.map(placesOf), [
      { input: { 0: [0, 10], 1: [0, 10] }, lost: undefined },
      { input: { 0: [40, 60], 1: [10, 60] }, lost: { 0: [[10, 40, 'retention']] } },
      { input: {}, lost: undefined },
    ]);
    assert.equal(messages[1].ledger.rows_read, 70);
    const sum = new SummarySum();
    for (const message of messages) sum.add(message);
    assert.deepEqual(sum.summary.lost, { 0: 30 });
    const { rows, differences, incomplete } = await verify(log);
    assert.deepEqual([rows, differences], [70, []]);
    assert.deepEqual(incomplete.lost, [{ partition: 0, offsets: [10, 40], records: 30 }]);
  });

  it('end the batch that was read before them, so that each partition is tiled', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    const read = { batchRows: 1_000_000, batchIntervalMs: 1_000_000, idleMs: 0 };
    // Nothing is published before the end: rows of both sides of the hole are read when a batch is cut.
    const session = await startSession(log, { ...live, ...read, untilEnd: false, batchIntervalMs: 300 });
    await committed(log, 10);
    log.append(topic, [batchOf(0, hits(5, 10))]);
    await new Promise((resolve) => setImmediate(resolve));
    log.append(topic, [batchOf(0, hits(20, 15))]);
    log.deleteBefore(topic, 0, 25);
    await committed(log, 35);
    assert.equal(await session.stop(), 'stopped');
    const messages = await readMessages(log);
    assertMessageLaws(messages);
    const places = messages.map(placesOf);
    assert.deepEqual(places.at(-1), { input: { 0: [25, 35] }, lost: { 0: [[15, 25, 'retention']] } });
    assert.deepEqual(places.at(-2), { input: { 0: [10, 15] }, lost: undefined });
  });

  it('are said also where nothing is left after them', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    await runSession(log, pool);
    log.append(topic, [batchOf(0, hits(10, 10))]);
    log.deleteBefore(topic, 0, 20);
    assert.equal(await runSession(log, pool), 'end');
    const messages = await readMessages(log);
    assert.deepEqual(placesOf(messages[1]), { input: {}, lost: { 0: [[10, 20, 'retention']] } });
    const { differences, incomplete } = await verify(log);
    assert.deepEqual([differences, incomplete.lost.length, incomplete.unread], [[], 1, []]);
  });

  it('are not those offsets that were never rows', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    log.skip(topic, 0, 3);
    log.append(topic, [batchOf(0, hits(10, 10))]);
    assert.equal(await runSession(log, pool), 'end');
    assert.deepEqual((await readMessages(log)).map(placesOf), [{ input: { 0: [0, 23] }, lost: undefined }]);
    log.skip(topic, 0, 2);
    const { rows, differences, incomplete } = await verify(log);
    assert.deepEqual([rows, differences], [20, []]);
    assert.deepEqual(incomplete, { lost: [], unread: [], undecided: [], carriedLost: 0 });
  });

  it('are not lost when they had been counted, but open hits among them are, and ledgers go on', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(100, 0))]);
    await runSession(log, pool, { ...live, lateness: 36 });
    assert.equal((await readMessages(log)).at(-1)?.ledger.carried_out, 36);
    log.deleteBefore(topic, 0, 75);
    const lost: { lane: number; rows: number }[] = [];
    const said: LostRecords[] = [];
    const told = {
      onCarriedLost: (rows: (typeof lost)[number]) => lost.push(rows),
      onLost: (hole: LostRecords) => said.push(hole),
    };
    log.append(topic, [batchOf(0, hits(10, 100))]);
    assert.equal(await runSession(log, pool, { lateness: 36, ...told }), 'end');
    assert.deepEqual([lost, said], [[{ lane: 0, rows: 11 }], []]);
    const messages = await readMessages(log);
    assertMessageLaws(messages);
    const last = messages.at(-1);
    assert.deepEqual([last?.lost, last?.input], [undefined, { 0: [100, 110] }]);
    assert.deepEqual([last?.ledger.carried_lost, last?.ledger.hits], [11, 35]);
    const { differences, incomplete } = await verify(log);
    assert.deepEqual([differences, incomplete.lost, incomplete.carriedLost], [[], [], 11]);
  });

  it('are found where a message of an older version went on over them', async () => {
    const log = await memoryLog(2);
    log.append(topic, [batchOf(0, hits(10, 0)), batchOf(1, hits(10, 0))]);
    await runSession(log, pool);
    log.append(topic, [batchOf(0, hits(50, 10)), batchOf(1, hits(50, 10))]);
    log.deleteBefore(topic, 0, 40);
    await runSession(log, pool, { batchRows: 1000 });
    const said = await readMessages(log);
    const asBefore = said.map(({ lost = {}, input, ...message }) => {
      const ranges = Object.entries(input).map(([key, [from, to]]) => [key, [lost[key]?.[0][0] ?? from, to]]);
      return JSON.stringify({
        ...message,
        history: undefined,
        input: Object.fromEntries(ranges) as BatchMessage['input'],
      });
    });
    const [results] = log.topic(topics.results).partitions;
    results.stored.length = 0;
    Object.assign(results, { end: 0, next: 0 });
    log.append(topics.results, [batchOf(0, asBefore)]);
    withoutKeys(log, 'topic', 'parts', 'history', 'lost');
    assert.deepEqual((await verify(log)).incomplete.lost, [{ partition: 0, offsets: [10, 40], records: 30 }]);
    // With rows gone that were counted, nobody can tell any more.
    log.deleteBefore(topic, 1, 30);
    assert.deepEqual((await verify(log)).incomplete.lost, []);
  });

  it('are found again by an owner that begins between a hole and its message', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    await runSession(log, pool);
    log.append(topic, [batchOf(0, hits(30, 10))]);
    log.deleteBefore(topic, 0, 20);
    assert.equal(await runSession(log, pool, { batchRows: 5 }, { kind: 'before', commit: 0 }), 'died');
    log.deleteBefore(topic, 0, 25);
    assert.equal(await runSession(log, pool), 'end');
    const messages = await readMessages(log);
    assert.deepEqual(placesOf(messages[1]), { input: { 0: [25, 40] }, lost: { 0: [[10, 25, 'retention']] } });
    assert.deepEqual((await verify(log)).differences, []);
  });

  it('are said of an embedded log whose retention has overtaken the group', async () => {
    await withLog(
      1,
      async (log) => {
        const writer = await log.openWriter(topic);
        await writer.append([batchOf(0, hits(10, 0))]);
        await runSession(log, pool);
        for (let round = 0; round < 40; round++) await writer.append([batchOf(0, hits(200, 10 + 200 * round))]);
        const [{ first, end }] = (await log.topics()).flatMap((state) =>
          state.topic === topic ? state.partitions : [],
        );
        assert.ok(first > 1000);
        assert.equal(await runSession(log, pool), 'end');
        const [, message] = await readMessages(log);
        assert.deepEqual(message.lost, { 0: [[10, first, 'retention']] });
        const { incomplete, differences } = await verify(log);
        assert.deepEqual(
          [incomplete.lost, differences],
          [[{ partition: 0, offsets: [10, first], records: first - 10 }], []],
        );
        const said = (await readMessages(log)).reduce((sum, { ledger }) => sum + ledger.rows_read, 0);
        assert.equal(said, 10 + end - first);
        await writer.close();
      },
      { retentionBytes: 24_000 },
    );
  });
});

describe('a topic that changes under its group', () => {
  it('is read with the partitions that were added while a lane is owned, from their first row', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    const session = await startSession(log, live);
    await committed(log, 10);
    log.addPartitions(topic, 3);
    log.append(topic, [batchOf(0, hits(10, 10)), batchOf(2, hits(20, 0))]);
    assert.equal(await session.ended, 'grown');
    await session.leave();
    assert.equal(await runSession(log, pool), 'end');
    const { rows, incomplete, differences } = await verify(log);
    assert.deepEqual([rows, differences], [40, []]);
    assert.deepEqual(incomplete.unread, []);
  });

  it('has unread partitions when nobody has looked', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    await runSession(log, pool);
    log.addPartitions(topic, 2);
    log.append(topic, [batchOf(1, hits(7, 0))]);
    const { incomplete, differences } = await verify(log);
    assert.deepEqual([incomplete.unread, differences], [[{ partition: 1, offsets: [0, 7], records: 7 }], []]);
  });

  it('is refused when it was recreated, before the run and in its middle', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    await runSession(log, pool);
    log.remake(topic);
    log.append(topic, [batchOf(0, hits(30, 0))]);
    const rule = { code: 'transport', message: /topic data_raw was deleted and recreated .*--reset/ };
    await assert.rejects(runSession(log, pool), rule);
    await assert.rejects(verify(log), { code: 'not-comparable', message: /was deleted and recreated/ });
    await runSession(log, pool, { reset: true });
    assert.deepEqual((await verify(log)).differences, []);
    const session = await startSession(log, live);
    log.remake(topic);
    log.append(topic, [batchOf(0, hits(60, 0))]);
    await assert.rejects(session.ended, { code: 'transport', message: /recreated/ });
    await session.leave();
    assert.equal((await readMessages(log)).at(-1)?.input[0]?.[1], 30);
  });

  it('is taken over without an id by a group that has noted none', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    await runSession(log, pool);
    withoutKeys(log, 'topic', 'parts');
    log.append(topic, [batchOf(0, hits(10, 10))]);
    assert.equal(await runSession(log, pool), 'end');
    assert.match(log.committed.get(`${topics.group} ${topic}`)?.get(0)?.metadata ?? '', /"topic":"[^"]+","parts":1/);
    assert.deepEqual((await verify(log)).differences, []);
  });

  it('is refused when the commit of one of its partitions is gone', async () => {
    for (const keys of [[], ['topic', 'parts', 'history']]) {
      const log = await memoryLog(3);
      log.append(
        topic,
        [0, 1, 2].map((partition) => batchOf(partition, hits(10, 0))),
      );
      await runSession(log, pool);
      withoutKeys(log, ...keys);
      log.committed.get(`${topics.group} ${topic}`)?.delete(1);
      await assert.rejects(runSession(log, pool), {
        code: 'transport',
        message: /that of partition 1 is gone.*--reset/,
      });
      await assert.rejects(verify(log), { code: 'not-comparable', message: /that of partition 1 is gone/ });
      await runSession(log, pool, { reset: true });
      assert.deepEqual((await verify(log)).differences, []);
    }
  });

  it('holds messages behind an open transaction back, and verify says how many', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    log.appendUndecided(topic, batchOf(0, hits(5, 10)));
    log.append(topic, [batchOf(0, hits(3, 15))]);
    assert.equal(await runSession(log, pool), 'end');
    const before = await verify(log);
    assert.deepEqual(
      [before.rows, before.incomplete.undecided],
      [10, [{ partition: 0, offsets: [10, 18], records: 8 }]],
    );
    log.decide(topic, 0);
    assert.equal(await runSession(log, pool), 'end');
    const { rows, incomplete } = await verify(log);
    assert.deepEqual([rows, incomplete.undecided, incomplete.unread], [18, [], []]);
  });

  it('has another history after every reset, whatever the clock says', async () => {
    const log = await memoryLog(1);
    log.append(topic, [batchOf(0, hits(10, 0))]);
    await runSession(log, pool, { now: () => 2_000_000 });
    await runSession(log, pool, { reset: true, now: () => 1_000_000 });
    const [first, second] = await readMessages(log);
    assert.notEqual(first.history, second.history);
    const { messages, messagesSkipped, differences } = await verify(log);
    assert.deepEqual([messages, messagesSkipped, differences], [1, 1, []]);
  });
});

/** Makes the commits those of an older version, which had not these keys. */
function withoutKeys(log: MemoryLog, ...keys: readonly string[]): void {
  const found = log.committed.get(`${topics.group} ${topic}`);
  for (const [partition, { offset, metadata }] of found ?? []) {
    const said = Object.entries(JSON.parse(metadata) as object).filter(([key]) => !keys.includes(key));
    found?.set(partition, { offset, metadata: JSON.stringify(Object.fromEntries(said)) });
  }
}
