// A process of its own that works on a store, for the tests to kill and stop. Arguments: what to do, the directories.
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DtstreamError } from '../../../src/errors.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import type { Transport } from '../../../src/transport/transport.js';
import { batchOf } from '../records.js';
import { groupOptions, inputName, topic, type ProgramReport } from './program-protocol.js';

const [work, ...dirs] = process.argv.slice(2);
const report = (message: ProgramReport): void => void process.send?.(message);

/** Appends `0, 1, 2 …` to both partitions, three records at a time, going on after the last one that was written. */
async function append(log: Transport): Promise<void> {
  const writer = await log.openWriter(topic);
  let next = Number((await writer.resumePoint(inputName))?.state ?? 0);
  for (;;) {
    const values = [next, next + 1, next + 2].map(String);
    next += 3;
    await writer.append([batchOf(0, values), batchOf(1, values)], { input: inputName, state: String(next) });
    report({ appended: next });
  }
}

/** Publishes what it reads of partition 0 as `[from, to]`, exactly once, until it is fenced. */
async function consume(log: Transport): Promise<void> {
  const member = await log.joinGroup(groupOptions);
  const lane = await member.nextLane(AbortSignal.timeout(60_000));
  if (!lane) throw new Error('no lane within a minute');
  const begin = lane.committed.get(0)?.offset ?? 0;
  report({ taken: begin });
  const reader = await lane.openReader(new Map([[0, begin]]));
  for (;;) {
    const batches = await reader.read({ bytesMax: 1, waitMs: 60_000 });
    for (const { partition, firstOffset, nextOffset } of batches) {
      if (partition !== 0) continue;
      const range = JSON.stringify([firstOffset, nextOffset]);
      await lane.commit({
        results: [batchOf(0, [range])],
        rejected: [batchOf(0, [range])],
        offsets: new Map([[0, { offset: nextOffset, metadata: range }]]),
      });
      report({ committed: nextOffset });
    }
  }
}

/** Takes the lane, and commits once for every message from outside. */
async function commitOnDemand(log: Transport): Promise<void> {
  const member = await log.joinGroup(groupOptions);
  const lane = await member.nextLane(AbortSignal.timeout(60_000));
  if (!lane) throw new Error('no lane within a minute');
  lane.lost.addEventListener('abort', () => report({ lost: true }));
  process.on('message', () => {
    lane.commit({ results: [batchOf(0, ['child'])], rejected: [], offsets: new Map() }).then(
      () => report({ committed: 1 }),
      (error: unknown) => report({ failed: error instanceof DtstreamError ? error.code : String(error) }),
    );
  });
  report({ taken: 0 });
  await delay(60_000);
}

/** Appends one record when it is told to. */
async function appendOnDemand(log: Transport): Promise<void> {
  const writer = await log.openWriter(topic);
  process.on('message', () => {
    void writer.append([batchOf(0, ['hello'])]).then(() => report({ appended: 1 }));
  });
  report({ taken: 0 });
  await delay(60_000);
}

/** Reads everything there is, and says what came as a digest. */
async function readAll(log: Transport): Promise<void> {
  const digest = createHash('sha256');
  let records = 0;
  for (const { topic: name, partitions } of await log.topics()) {
    const reader = await log.openReader(name, 'earliest');
    const count = partitions.reduce((sum, { first, end }) => sum + end - first, 0);
    for (let read = 0; read < count;) {
      for (const batch of await reader.read({ bytesMax: 1 << 20, waitMs: 1000 })) {
        read += batch.valueEnds.length;
        digest.update(batch.values);
      }
    }
    records += count;
  }
  report({ read: `${records} ${digest.digest('hex')}` });
}

const works = { append, consume, commitOnDemand, appendOnDemand, readAll };

for (const dir of dirs) {
  try {
    const log = await openEmbeddedLog({ dir });
    try {
      await works[work as keyof typeof works](log);
    } finally {
      await log.close();
    }
  } catch (error) {
    if (!(error instanceof DtstreamError)) throw error;
    report({ failed: error.code, message: error.message });
  }
}
process.disconnect();
