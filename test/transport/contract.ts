import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { CommittedOffset, GroupOptions, LaneLease, Transport } from '../../src/transport/transport.js';
import { batchOf, readRecords, readToEnd, recordsOf, valuesOf } from './records.js';

/** A log to test, and a way to reach it as another process would. */
export interface ContractSetup {
  readonly transport: Transport;
  /** Another handle on the same log. */
  readonly another: () => Promise<Transport>;
  readonly cleanup: () => Promise<void>;
}

/** What an implementation of {@link Transport} must do, as tests. */
export function transportContract(name: string, open: () => Promise<ContractSetup>): void {
  describe(`${name}, as a transport`, () => {
    let setup: ContractSetup;
    let other: Transport;
    before(async () => {
      setup = await open();
      other = await setup.another();
    });
    after(async () => {
      await other.close();
      await setup.cleanup();
    });

    const newTopic = async (partitions: number): Promise<string> => {
      const topic = `raw-${randomUUID()}`;
      await setup.transport.createTopics([{ topic, partitions, replicationFactor: 1 }]);
      return topic;
    };
    const newGroup = async (options: Partial<GroupOptions> = {}): Promise<GroupOptions> => {
      const id = randomUUID();
      const topic = options.topic ?? (await newTopic(2));
      const group = { group: `group-${id}`, topic, results: `clean-${id}`, rejected: `rejected-${id}`, ...options };
      await setup.transport.createTopics(
        [group.results, group.rejected].map((name) => ({
          topic: name,
          partitions: 1,
          replicationFactor: 1,
          writer: 'group',
        })),
      );
      return { lanes: 1, reset: false, ...group };
    };

    describe('topics', () => {
      it('are created with the partitions that were asked for, empty', async () => {
        const topic = `raw-${randomUUID()}`;
        const [state] = await setup.transport.createTopics([{ topic, partitions: 3, replicationFactor: 1 }]);
        assert.deepEqual(
          state.partitions,
          [0, 1, 2].map((partition) => ({ partition, first: 0, end: 0 })),
        );
      });

      it('keep their settings when they are created again', async () => {
        const topic = await newTopic(3);
        const [state] = await other.createTopics([{ topic, partitions: 7, replicationFactor: 1 }]);
        assert.equal(state.partitions.length, 3);
      });

      it('are listed with the offsets that were written', async () => {
        const topic = await newTopic(2);
        const writer = await setup.transport.openWriter(topic);
        await writer.append([batchOf(1, ['a', 'b'])]);
        await writer.close();
        const state = (await other.topics()).find((entry) => entry.topic === topic);
        assert.deepEqual(state?.partitions, [
          { partition: 0, first: 0, end: 0 },
          { partition: 1, first: 0, end: 2 },
        ]);
        assert.ok(state.bytes > 0);
      });

      it('that do not exist cannot be read or written', async () => {
        const missing = `missing-${randomUUID()}`;
        await assert.rejects(setup.transport.openReader(missing, 'earliest'), { code: 'transport' });
        await assert.rejects(setup.transport.openWriter(missing), { code: 'transport' });
      });
    });

    describe('reading and writing', () => {
      it('gives back values, keys and headers as they were appended', async () => {
        const topic = await newTopic(2);
        const writer = await setup.transport.openWriter(topic);
        await writer.append([
          batchOf(0, ['one', '', 'Schwellenwert µ'], { headers: { 'content-type': 'text/csv' } }),
          batchOf(1, ['k', 'l'], { keys: ['17', null] }),
        ]);
        await writer.append([batchOf(0, ['four'])]);
        const reader = await other.openReader(topic, 'earliest');
        const records = await readRecords(reader, 6);
        assert.deepEqual(
          records.filter((record) => record.partition === 0),
          [
            { partition: 0, offset: 0, value: 'one', key: null, headers: { 'content-type': 'text/csv' } },
            { partition: 0, offset: 1, value: '', key: null, headers: { 'content-type': 'text/csv' } },
            { partition: 0, offset: 2, value: 'Schwellenwert µ', key: null, headers: { 'content-type': 'text/csv' } },
            { partition: 0, offset: 3, value: 'four', key: null, headers: {} },
          ],
        );
        assert.deepEqual(
          records.filter((record) => record.partition === 1),
          [
            { partition: 1, offset: 0, value: 'k', key: '17', headers: {} },
            { partition: 1, offset: 1, value: 'l', key: null, headers: {} },
          ],
        );
        await reader.close();
        await writer.close();
      });

      it('loses and repeats nothing when two writers append at the same time', async () => {
        const topic = await newTopic(2);
        const writers = [await setup.transport.openWriter(topic), await other.openWriter(topic)];
        await Promise.all(
          writers.map(async (writer, w) => {
            for (let i = 0; i < 50; i++) await writer.append([batchOf(i % 2, [`${w}:${i}`, `${w}:${i}+`])]);
          }),
        );
        const reader = await setup.transport.openReader(topic, 'earliest');
        const records = await readToEnd(reader);
        assert.equal(new Set(valuesOf(records)).size, 200);
        assert.equal(records.length, 200);
        for (const w of [0, 1]) {
          const own = valuesOf(records, 1).filter((value) => value.startsWith(`${w}:`) && !value.endsWith('+'));
          assert.deepEqual(
            own,
            Array.from({ length: 25 }, (_, i) => `${w}:${2 * i + 1}`),
          );
        }
        await reader.close();
        for (const writer of writers) await writer.close();
      });

      it('keeps the points of an append by name, and shows them to whoever only looks', async () => {
        const topic = await newTopic(1);
        const writer = await setup.transport.openWriter(topic);
        assert.equal(await writer.peekResumePoint('a'), undefined);
        await writer.append([batchOf(0, ['1'])], { input: 'a', state: 'a1' }, { input: 'b', state: 'b1' });
        const another = await other.openWriter(topic);
        const looking = await another.peekResumePoint('b');
        await another.close();
        assert.deepEqual(looking, { input: 'b', state: 'b1' });
        // A look binds nobody: the writer goes on.
        await writer.append([batchOf(0, ['2'])], { input: 'a', state: 'a2' });
        for (const [input, state] of [
          ['a', 'a2'],
          ['b', 'b1'],
        ]) {
          // prettier-ignore
          assert.deepEqual(await writer.peekResumePoint(input), { input, state });
        }
        await writer.close();
      });

      it('starts where it is told: earliest, latest, offsets or a time', async () => {
        const topic = await newTopic(1);
        const writer = await setup.transport.openWriter(topic);
        await writer.append([batchOf(0, ['a', 'b', 'c'])]);
        const [{ timestampMs }] = await readOnce(other, topic);
        while (Date.now() <= timestampMs) await new Promise((resolve) => setTimeout(resolve, 1));
        const timeMs = Date.now();
        await writer.append([batchOf(0, ['d', 'e'])]);

        const readFrom = async (from: Parameters<Transport['openReader']>[1]): Promise<string[]> => {
          const reader = await other.openReader(topic, from);
          const records = await readToEnd(reader);
          await reader.close();
          return valuesOf(records);
        };
        assert.deepEqual(await readFrom('earliest'), ['a', 'b', 'c', 'd', 'e']);
        assert.deepEqual(await readFrom('latest'), []);
        assert.deepEqual(await readFrom(new Map([[0, 1]])), ['b', 'c', 'd', 'e']);
        assert.deepEqual(await readFrom({ timeMs }), ['d', 'e']);
        assert.deepEqual(await readFrom({ timeMs: 0 }), ['a', 'b', 'c', 'd', 'e']);
        assert.deepEqual(await readFrom({ timeMs: Date.now() + 3_600_000 }), []);
        await writer.close();
      });

      it('reads the partitions it was opened for, and says where it is', async () => {
        const topic = await newTopic(3);
        const writer = await setup.transport.openWriter(topic);
        await writer.append([0, 1, 2].map((partition) => batchOf(partition, [`${partition}a`, `${partition}b`])));
        const reader = await other.openReader(topic, 'earliest', [0, 2]);
        const records = await readRecords(reader, 4);
        assert.deepEqual(valuesOf(records).sort(), ['0a', '0b', '2a', '2b']);
        assert.deepEqual([...reader.positions()].sort(), [
          [0, 2],
          [2, 2],
        ]);
        assert.deepEqual(await reader.bounds(), [
          { partition: 0, first: 0, end: 2 },
          { partition: 2, first: 0, end: 2 },
        ]);
        assert.equal(reader.lostRecords, 0);
        await reader.close();
        await writer.close();
      });

      it('skips a paused partition and goes on with it where it stopped', async () => {
        const topic = await newTopic(2);
        const writer = await setup.transport.openWriter(topic);
        await writer.append([batchOf(0, ['a0']), batchOf(1, ['a1'])]);
        const reader = await other.openReader(topic, 'earliest');
        assert.deepEqual(valuesOf(await readRecords(reader, 2)).sort(), ['a0', 'a1']);
        reader.pause([0]);
        await writer.append([batchOf(0, ['b0']), batchOf(1, ['b1'])]);
        assert.deepEqual(valuesOf(await readRecords(reader, 1)), ['b1']);
        assert.deepEqual(await reader.read({ bytesMax: 1000, waitMs: 20 }), []);
        assert.equal(reader.positions().get(0), 1);
        reader.resume([0]);
        assert.deepEqual(valuesOf(await readRecords(reader, 1)), ['b0']);
        await reader.close();
        await writer.close();
      });

      it('returns about as many bytes as it was asked for, and at least one batch', async () => {
        const topic = await newTopic(1);
        const writer = await setup.transport.openWriter(topic);
        for (let i = 0; i < 20; i++) await writer.append([batchOf(0, [String(i % 10).repeat(10_000)])]);
        const reader = await other.openReader(topic, 'earliest');
        const some = await reader.read({ bytesMax: 1, waitMs: 30_000 });
        assert.ok(some.length >= 1);
        const rest = await readToEnd(reader);
        assert.equal(recordsOf(some).length + rest.length, 20);
        await reader.close();
        await writer.close();
      });

      it('returns nothing after the time it may wait, and at once when it is aborted or closed', async () => {
        const topic = await newTopic(1);
        const reader = await other.openReader(topic, 'earliest');
        assert.deepEqual(await reader.read({ bytesMax: 1000, waitMs: 5 }), []);
        const abort = new AbortController();
        const aborted = reader.read({ bytesMax: 1000, waitMs: 600_000, signal: abort.signal });
        abort.abort();
        assert.deepEqual(await aborted, []);
        const closed = reader.read({ bytesMax: 1000, waitMs: 600_000 });
        await reader.close();
        assert.deepEqual(await closed, []);
        await reader.close();
      });

      it('wakes a reader that waits when another handle appends', async () => {
        const topic = await newTopic(1);
        const reader = await other.openReader(topic, 'latest');
        const waiting = reader.read({ bytesMax: 1000, waitMs: 600_000 });
        const writer = await setup.transport.openWriter(topic);
        await writer.append([batchOf(0, ['here'])]);
        assert.deepEqual(valuesOf(recordsOf(await waiting)), ['here']);
        await reader.close();
        await writer.close();
      });

      it('gives values that stay as they are while reading goes on', async () => {
        const topic = await newTopic(1);
        const writer = await setup.transport.openWriter(topic);
        const values = Array.from({ length: 40 }, (_, i) => String.fromCharCode(65 + i).repeat(3000));
        for (const value of values) await writer.append([batchOf(0, [value])]);
        const reader = await other.openReader(topic, 'earliest');
        const kept = [];
        while ((reader.positions().get(0) ?? 0) < values.length) {
          kept.push(...(await reader.read({ bytesMax: 1, waitMs: 30_000 })));
        }
        assert.deepEqual(valuesOf(recordsOf(kept)), values);
        await reader.close();
        await writer.close();
      });

      it('lends values that are as they were appended until the next read, and leaves those it gave for good', async () => {
        const topic = await newTopic(1);
        const writer = await setup.transport.openWriter(topic);
        const values = Array.from({ length: 40 }, (_, i) => String.fromCharCode(65 + i).repeat(3000));
        for (const value of values) await writer.append([batchOf(0, [value])]);
        const reader = await other.openReader(topic, 'earliest');
        const kept = await reader.read({ bytesMax: 1, waitMs: 30_000 });
        const before = valuesOf(recordsOf(kept));
        const seen = [...before];
        while ((reader.positions().get(0) ?? 0) < values.length) {
          seen.push(...valuesOf(recordsOf(await reader.read({ bytesMax: 5000, waitMs: 30_000, lent: true }))));
        }
        assert.deepEqual(seen, values);
        assert.deepEqual(valuesOf(recordsOf(kept)), before);
        await reader.close();
        await writer.close();
      });
    });

    describe('groups', () => {
      const commitOf = (value: string, offset: number): Parameters<LaneLease['commit']>[0] => ({
        results: [batchOf(0, [value])],
        rejected: [batchOf(0, [`bad ${value}`])],
        offsets: new Map<number, CommittedOffset>([[0, { offset, metadata: `after ${value}` }]]),
      });
      const published = async (topic: string): Promise<string[]> => {
        const reader = await other.openReader(topic, 'earliest');
        const values = valuesOf(await readToEnd(reader));
        await reader.close();
        return values;
      };
      /** Waits for what was committed a moment ago, while its lane is still held. */
      const assertPublished = async (topic: string, values: readonly string[]): Promise<void> => {
        const reader = await other.openReader(topic, 'earliest');
        const first = valuesOf(await readRecords(reader, values.length));
        assert.deepEqual([...first, ...valuesOf(await readToEnd(reader))], values);
        await reader.close();
      };
      const take = async (
        transport: Transport,
        options: GroupOptions,
      ): Promise<{ lane: LaneLease; leave: () => Promise<void> }> => {
        const member = await transport.joinGroup(options);
        const lane = await member.nextLane(AbortSignal.timeout(30_000));
        assert.ok(lane);
        return { lane, leave: () => member.close() };
      };

      it('begin without a commit, and find what they committed when they come again', async () => {
        const options = await newGroup();
        const first = await take(setup.transport, options);
        assert.deepEqual(first.lane.committed, new Map());
        assert.deepEqual(first.lane.partitions, [0, 1]);
        await first.lane.commit(commitOf('m0', 5));
        await first.leave();
        const second = await take(other, options);
        assert.deepEqual(second.lane.committed, new Map([[0, { offset: 5, metadata: 'after m0' }]]));
        await second.leave();
      });

      it('publish results, rejected records and offsets together', async () => {
        const options = await newGroup();
        const { lane, leave } = await take(setup.transport, options);
        await lane.commit(commitOf('m0', 1));
        await lane.commit(commitOf('m1', 2));
        await assertPublished(options.results, ['m0', 'm1']);
        await assertPublished(options.rejected, ['bad m0', 'bad m1']);
        const state = (await other.groups([options.group])).find((entry) => entry.group === options.group);
        assert.deepEqual(state?.committed.get(0), { offset: 2, metadata: 'after m1' });
        assert.equal(state.topic, options.topic);
        assert.equal(state.alive, true);
        await leave();
      });

      it('commit offsets alone, without a result', async () => {
        const options = await newGroup();
        const { lane, leave } = await take(setup.transport, options);
        await lane.commit({ results: [], rejected: [], offsets: new Map([[1, { offset: 9, metadata: '' }]]) });
        await leave();
        assert.deepEqual(await published(options.results), []);
        const again = await take(other, options);
        assert.deepEqual(again.lane.committed.get(1), { offset: 9, metadata: '' });
        await again.leave();
      });

      it('read the partitions of their lane from given offsets', async () => {
        const options = await newGroup({ topic: await newTopic(4), lanes: 2 });
        const writer = await setup.transport.openWriter(options.topic);
        await writer.append([0, 1, 2, 3].map((partition) => batchOf(partition, [`${partition}a`, `${partition}b`])));
        await writer.close();
        const { lane, leave } = await take(setup.transport, options);
        const expected = lane.lane === 0 ? ['0b', '2a', '2b'] : ['1b', '3a', '3b'];
        const reader = await lane.openReader(
          new Map([
            [lane.lane, 1],
            [lane.lane + 2, 0],
          ]),
        );
        assert.deepEqual(valuesOf(await readToEnd(reader)).sort(), expected);
        await reader.close();
        await leave();
      });

      it('give each partition to one lane', async () => {
        const options = await newGroup({ topic: await newTopic(5), lanes: 2 });
        const first = await take(setup.transport, options);
        const second = await take(other, options);
        const lanes = [first.lane, second.lane].sort((a, b) => a.lane - b.lane);
        assert.deepEqual(
          lanes.map(({ partitions }) => partitions),
          [
            [0, 2, 4],
            [1, 3],
          ],
        );
        await first.leave();
        await second.leave();
      });

      it('let a further member wait until a lane is given back', async () => {
        const options = await newGroup();
        const first = await take(setup.transport, options);
        const standby = await other.joinGroup(options);
        const waiting = standby.nextLane(AbortSignal.timeout(30_000));
        await first.lane.commit(commitOf('m0', 3));
        await first.lane.release();
        const lane = await waiting;
        assert.deepEqual(lane?.committed.get(0), { offset: 3, metadata: 'after m0' });
        await lane?.commit(commitOf('m1', 4));
        await assertPublished(options.results, ['m0', 'm1']);
        await standby.close();
        await first.leave();
      });

      it('refuse a commit of a lane that has another owner, and show nothing of it', async () => {
        const options = await newGroup();
        const first = await take(setup.transport, options);
        await first.lane.commit(commitOf('m0', 1));
        await first.lane.release();
        const second = await take(other, options);
        await assert.rejects(first.lane.commit(commitOf('stale', 100)), { code: 'fenced' });
        await second.lane.commit(commitOf('m1', 2));
        await assertPublished(options.results, ['m0', 'm1']);
        await assertPublished(options.rejected, ['bad m0', 'bad m1']);
        await second.leave();
        await first.leave();
      });

      it('show all that was committed once its member has left', async () => {
        const options = await newGroup();
        const values: string[] = [];
        for (const value of ['m0', 'm1', 'm2', 'm3']) {
          const { lane, leave } = await take(setup.transport, options);
          await lane.commit(commitOf(value, 1));
          await leave();
          values.push(value);
          assert.deepEqual(await published(options.results), values);
        }
      });

      it('stop waiting for a lane on abort', async () => {
        const options = await newGroup();
        const first = await take(setup.transport, options);
        const standby = await other.joinGroup(options);
        const abort = new AbortController();
        const waiting = standby.nextLane(abort.signal);
        abort.abort();
        assert.equal(await waiting, undefined);
        await standby.close();
        await first.leave();
      });

      it('forget what they committed when they are reset, but not while a member is alive', async () => {
        const options = await newGroup();
        const first = await take(setup.transport, options);
        await first.lane.commit(commitOf('m0', 5));
        await assert.rejects(other.joinGroup({ ...options, reset: true }), { code: 'transport' });
        await first.leave();
        const again = await take(other, { ...options, reset: true });
        assert.deepEqual(again.lane.committed, new Map());
        await again.leave();
      });

      it('are not alive once their last member has left', async () => {
        const options = await newGroup();
        const { lane, leave } = await take(setup.transport, options);
        await lane.commit(commitOf('m0', 5));
        await leave();
        const state = (await other.groups()).find((entry) => entry.group === options.group);
        assert.equal(state?.alive, false);
        assert.equal(state.committed.get(0)?.offset, 5);
      });
    });
  });
}

async function readOnce(transport: Transport, topic: string): Promise<{ timestampMs: number }[]> {
  const reader = await transport.openReader(topic, 'earliest');
  const batches = await reader.read({ bytesMax: 1, waitMs: 30_000 });
  await reader.close();
  return [...batches];
}
