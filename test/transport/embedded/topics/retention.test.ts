import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openEmbeddedLog, type EmbeddedLogOptions } from '../../../../src/transport/embedded/embedded-log.js';
import type { LaneLease, LogWriter, Transport } from '../../../../src/transport/transport.js';
import { batchOf, readRecords, readToEnd, valuesOf } from '../../records.js';
import { temporaryDir } from '../temporary-store.js';

const recordBytes = 40_000;
/** Room for ten records of 40,000 bytes in pages of 4 KiB. */
const retentionBytes = 10 * 11 * 4096;

describe('retention of the embedded log', () => {
  let dir: string;
  let remove: () => void;
  const logs: Transport[] = [];
  beforeEach(() => {
    ({ dir, remove } = temporaryDir());
  });
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close();
    remove();
  });

  const open = async (options: Partial<EmbeddedLogOptions> = {}): Promise<Transport> => {
    const log = await openEmbeddedLog({ dir, ...options });
    logs.push(log);
    await log.createTopics([{ topic: 'raw', partitions: 2, replicationFactor: 1, retentionBytes }]);
    return log;
  };
  const append = async (writer: LogWriter, from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) await writer.append([batchOf(i % 2, [String(i).padEnd(recordBytes)])]);
  };
  const join_ = async (log: Transport, group = 'slow'): Promise<LaneLease> => {
    const member = await log.joinGroup({
      group,
      topic: 'raw',
      results: 'clean',
      rejected: 'rejected',
      lanes: 1,
      reset: false,
    });
    const lane = await member.nextLane(AbortSignal.timeout(30_000));
    assert.ok(lane);
    return lane;
  };
  const commit = (lane: LaneLease, offsets: readonly number[]): Promise<void> =>
    lane.commit({
      results: [],
      rejected: [],
      offsets: new Map(offsets.map((offset, partition) => [partition, { offset, metadata: '' }])),
    });
  const firsts = async (log: Transport): Promise<number[]> => {
    const state = (await log.topics()).find(({ topic }) => topic === 'raw');
    return state?.partitions.map(({ first }) => first) ?? [];
  };

  it('deletes the oldest records of a full topic, whichever partition they are in', async () => {
    const log = await open();
    const writer = await log.openWriter('raw');
    await append(writer, 0, 30);
    const reader = await log.openReader('raw', 'earliest');
    const held = valuesOf(await readToEnd(reader))
      .map(Number)
      .sort((a, b) => a - b);
    assert.equal(held.at(-1), 29);
    assert.deepEqual(
      held,
      held.map((_, i) => 30 - held.length + i),
    );
    assert.ok(held.length >= 8 && held.length <= 10, `${held.length} records held`);
    const [state] = await log.topics();
    assert.ok(state.bytes <= retentionBytes);
    assert.equal(writer.deletedUnread, 30 - held.length);
  });

  it('uses the space of deleted records again, also while a reader waits', async () => {
    const log = await open();
    const reader = await log.openReader('raw', 'earliest');
    reader.pause([0, 1]);
    const waiting = reader.read({ bytesMax: 1, waitMs: 600_000 });
    const writer = await log.openWriter('raw');
    await append(writer, 0, 300);
    assert.ok(statSync(join(dir, 'topics', 'raw', 'data.mdb')).size < 3 * retentionBytes);
    await reader.close();
    await waiting;
  });

  it('keeps what a group has not finished: an append waits until it has', async () => {
    const log = await open();
    const lane = await join_(log);
    const writer = await log.openWriter('raw');
    await append(writer, 0, 9);
    await commit(lane, [0, 0]);
    let appended = false;
    const waiting = append(writer, 9, 13).then(() => (appended = true));
    await commit(lane, [0, 1]);
    assert.equal(appended, false);
    assert.deepEqual(await firsts(log), [0, 0]);
    await commit(lane, [4, 4]);
    await waiting;
    assert.equal(writer.deletedUnread, 0);
    const [first0, first1] = await firsts(log);
    assert.ok(first0 > 0 && first0 <= 4 && first1 <= 4, `first offsets ${first0}, ${first1}`);
  });

  it('fails an append that waited in vain, and says which group holds it back and how far it is', async () => {
    const log = await open({ fullWaitMs: 20 });
    const lane = await join_(log);
    await commit(lane, [1, 1]);
    const writer = await log.openWriter('raw');
    await assert.rejects(append(writer, 0, 30), {
      code: 'limit',
      message:
        /raw: the topic is full \(\d+ bytes\), and after 0\.0 s group slow still needs partition \d from offset 1, \d+ records before its end/,
    });
    const reader = await log.openReader('raw', 'earliest');
    const values = valuesOf(await readToEnd(reader)).map(Number);
    assert.ok(values.length >= 9, 'what was appended before is there');
  });

  it('keeps everything for a member that has not committed yet, and nothing for one that left so', async () => {
    const log = await open({ fullWaitMs: 20 });
    const lane = await join_(log);
    const writer = await log.openWriter('raw');
    await assert.rejects(append(writer, 0, 30), { code: 'limit' });
    await lane.release();
    await append(writer, 0, 30);
    assert.ok((await firsts(log))[0] > 0);
  });

  it('deletes what a group needs when told so, and the group counts what it lost', async () => {
    const log = await open({ retentionPolicy: 'delete' });
    const lane = await join_(log);
    await commit(lane, [1, 0]);
    const writer = await log.openWriter('raw');
    await append(writer, 0, 40);
    const reader = await lane.openReader(
      new Map([
        [0, 1],
        [1, 0],
      ]),
    );
    const values = valuesOf(await readToEnd(reader));
    assert.equal(values.length + reader.lostRecords, 39);
    assert.ok(reader.lostRecords > 0);
  });

  it('lets a plain reader that was overtaken go on at the oldest record, and counts what it missed', async () => {
    const log = await open();
    const writer = await log.openWriter('raw');
    await append(writer, 0, 4);
    const reader = await log.openReader('raw', 'earliest', [0]);
    await readRecords(reader, 2);
    await append(writer, 4, 60);
    const [first] = await firsts(log);
    const records = await readToEnd(reader);
    assert.equal(records[0].offset, first);
    assert.equal(reader.lostRecords, first - 2);
  });

  it('refuses an append that could never fit', async () => {
    const log = await open();
    const writer = await log.openWriter('raw');
    const batch = batchOf(
      0,
      Array.from({ length: 12 }, () => 'x'.repeat(recordBytes)),
    );
    await assert.rejects(writer.append([batch]), { code: 'limit', message: /one append must fit/ });
    assert.deepEqual((await log.topics())[0].partitions[0].end, 0);
  });

  it('ends the wait of an append when its writer is closed', async () => {
    const log = await open();
    await commit(await join_(log), [0, 0]);
    const writer = await log.openWriter('raw');
    const waiting = assert.rejects(append(writer, 0, 30), { code: 'limit' });
    while ((await log.topics()).find(({ topic }) => topic === 'raw')?.partitions[1].end !== 5) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writer.close();
    await waiting;
  });

  it('keeps appends of a full topic in the order they were made', async () => {
    const log = await open();
    const lane = await join_(log);
    await commit(lane, [0, 0]);
    const writer = await log.openWriter('raw');
    const large = writer.append([
      batchOf(
        0,
        Array.from({ length: 9 }, () => 'x'.repeat(recordBytes)),
      ),
    ]);
    const waiting = writer.append([batchOf(0, ['y'.repeat(3 * recordBytes)])]);
    const small = writer.append([batchOf(0, ['z'])]);
    await large;
    await commit(lane, [9, 0]);
    await Promise.all([waiting, small]);
    const reader = await log.openReader('raw', new Map([[0, 9]]), [0]);
    assert.deepEqual(
      valuesOf(await readToEnd(reader)).map((value) => value[0]),
      ['y', 'z'],
    );
  });
});
