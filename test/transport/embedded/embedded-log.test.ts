import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import type { LaneLease, Transport } from '../../../src/transport/transport.js';
import { transportContract } from '../contract.js';
import { batchOf, readRecords, readToEnd, recordsOf, valuesOf } from '../records.js';
import { batches } from './batch-arbitrary.js';
import { temporaryDir } from './temporary-store.js';

transportContract('embedded log', async () => {
  const { dir, remove } = temporaryDir();
  const transport = await openEmbeddedLog({ dir });
  return {
    transport,
    another: () => openEmbeddedLog({ dir }),
    cleanup: async () => {
      await transport.close();
      remove();
    },
  };
});

describe('embedded log', () => {
  const { dir, remove } = temporaryDir();
  let log: Transport;
  let topics = 0;
  before(async () => {
    log = await openEmbeddedLog({ dir });
  });
  after(async () => {
    await log.close();
    remove();
  });

  it('lends the same memory again and again', async () => {
    await log.createTopics([{ topic: 'lent', partitions: 1, replicationFactor: 1 }]);
    const writer = await log.openWriter('lent');
    for (const value of ['a', 'b', 'c']) await writer.append([batchOf(0, [value.repeat(1000)])]);
    await writer.close();
    const reader = await log.openReader('lent', 'earliest');
    const memory = new Set<ArrayBufferLike>();
    for (let read = 0; read < 3; read++) {
      for (const { values } of await reader.read({ bytesMax: 1, waitMs: 1000, lent: true })) memory.add(values.buffer);
    }
    await reader.close();
    assert.equal(memory.size, 1);
  });

  it('reads back exactly what was appended, whatever the shape of the batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(batches(3), { maxLength: 4 }), { maxLength: 5 }), async (appends) => {
        const topic = `shape-${topics++}`;
        await log.createTopics([{ topic, partitions: 3, replicationFactor: 1 }]);
        const writer = await log.openWriter(topic);
        const ends = [0, 0, 0];
        const expected = [];
        for (const append of appends) {
          await writer.append(append);
          for (const batch of append) {
            expected.push(
              ...recordsOf([{ ...batch, firstOffset: ends[batch.partition], nextOffset: 0, timestampMs: 0 }], 'latin1'),
            );
            ends[batch.partition] += batch.valueEnds.length;
          }
        }
        await writer.close();
        const reader = await log.openReader(topic, 'earliest');
        const records = await readToEnd(reader, 'latin1');
        await reader.close();
        for (let partition = 0; partition < 3; partition++) {
          assert.deepEqual(
            records.filter((record) => record.partition === partition),
            expected.filter((record) => record.partition === partition),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('leaves topics of groups to their commits, and topics of produce to its appends', async () => {
    await log.createTopics([
      { topic: 'results', partitions: 1, replicationFactor: 1, writer: 'group' },
      { topic: 'input', partitions: 1, replicationFactor: 1 },
    ]);
    await assert.rejects(log.openWriter('results'), { code: 'usage', message: /only groups may write/ });
    const group = { group: 'g', topic: 'input', results: 'results', rejected: 'bad', lanes: 1, reset: false };
    await assert.rejects(log.joinGroup({ ...group, results: 'input' }), { code: 'usage', message: /must differ/ });
    await log.createTopics([{ topic: 'other', partitions: 1, replicationFactor: 1 }]);
    await assert.rejects(log.joinGroup({ ...group, results: 'other' }), { code: 'usage', message: /produce writes/ });
  });

  it('lets a group read what another one publishes', async () => {
    await log.createTopics([{ topic: 'first', partitions: 1, replicationFactor: 1 }]);
    const join = async (group: string, topic: string, results: string): Promise<LaneLease> => {
      const member = await log.joinGroup({ group, topic, results, rejected: `${results}-bad`, lanes: 1, reset: false });
      const lane = await member.nextLane(AbortSignal.timeout(30_000));
      assert.ok(lane);
      return lane;
    };
    const upper = await join('upper', 'first', 'second');
    await upper.commit({ results: [batchOf(0, ['from upper'])], rejected: [], offsets: new Map() });
    const lower = await join('lower', 'second', 'third');
    const reader = await lower.openReader(new Map());
    assert.deepEqual(valuesOf(await readRecords(reader, 1)), ['from upper']);
  });

  it('leaves lanes without a partition alone', async () => {
    await log.createTopics([{ topic: 'narrow', partitions: 1, replicationFactor: 1 }]);
    const group = { group: 'wide', topic: 'narrow', results: 'w', rejected: 'w-bad', lanes: 3, reset: false };
    const member = await log.joinGroup(group);
    assert.deepEqual((await member.nextLane(AbortSignal.timeout(30_000)))?.partitions, [0]);
    const abort = new AbortController();
    const waiting = member.nextLane(abort.signal);
    abort.abort();
    assert.equal(await waiting, undefined);
    await member.close();
  });

  it('refuses names that are not safe and counts that are out of range', async () => {
    for (const topic of ['', '.', '..', 'a/b', 'ä', 'x'.repeat(250)]) {
      await assert.rejects(log.createTopics([{ topic, partitions: 1, replicationFactor: 1 }]), { code: 'usage' });
    }
    for (const partitions of [0, -1, 1.5, 10_001]) {
      await assert.rejects(log.createTopics([{ topic: 't', partitions, replicationFactor: 1 }]), { code: 'usage' });
    }
  });

  it('refuses to read from beyond the end', async () => {
    await log.createTopics([{ topic: 'short', partitions: 1, replicationFactor: 1 }]);
    await assert.rejects(log.openReader('short', new Map([[0, 1]])), { code: 'transport', message: /got end 0/ });
  });

  it('refuses a batch that contradicts itself, as a bug of the caller', async () => {
    await log.createTopics([{ topic: 'strict', partitions: 2, replicationFactor: 1 }]);
    const writer = await log.openWriter('strict');
    const values = Uint8Array.of(1, 2, 3);
    const wrong = [
      { partition: 2, headers: {}, values, valueEnds: Uint32Array.of(3) },
      { partition: 0, headers: {}, values, valueEnds: Uint32Array.of(4) },
      { partition: 0, headers: {}, values, valueEnds: Uint32Array.of(2, 1) },
      { partition: 0, headers: {}, values, valueEnds: Uint32Array.of(1, 3), keys: ['one'] },
    ];
    for (const batch of wrong) await assert.rejects(writer.append([batchOf(0, ['fine']), batch]), RangeError);
    const reader = await log.openReader('strict', 'earliest');
    assert.deepEqual(await readToEnd(reader), []);
  });

  it('remembers how far an input was written, for each input and each topic', async () => {
    await log.createTopics(['one', 'two'].map((topic) => ({ topic, partitions: 1, replicationFactor: 1 })));
    const writer = await log.openWriter('one');
    const input = `/data/${'x'.repeat(3000)}`;
    await writer.append([batchOf(0, ['a'])], { input, state: '{"row":1}' });
    await writer.append([], { input: 'other', state: '7' });
    await writer.append([batchOf(0, ['b'])]);
    assert.deepEqual(await writer.resumePoint(input), { input, state: '{"row":1}' });
    assert.deepEqual(await writer.resumePoint('other'), { input: 'other', state: '7' });
    assert.equal(await writer.resumePoint('third'), undefined);
    const second = await log.openWriter('two');
    assert.equal(await second.resumePoint(input), undefined);
  });
});
