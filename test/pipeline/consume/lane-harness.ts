import { randomUUID } from 'node:crypto';
import type { ComputePool } from '../../../src/compute/pool.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { defaultPhysics } from '../../../src/domain/physics-settings.js';
import { planOf } from '../../../src/pipeline/consume/geometry-hash.js';
import { decodeCheckpoint } from '../../../src/pipeline/consume/lane-checkpoint.js';
import { LaneSession } from '../../../src/pipeline/consume/lane-session.js';
import type { SessionEnd, SessionOptions } from '../../../src/pipeline/consume/session-options.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { type VerifyOptions, type VerifyReport, verifyGroup } from '../../../src/pipeline/verify/verify-group.js';
import {
  headerNames,
  type LaneLease,
  type LaneTransaction,
  type OutgoingBatch,
  type Transport,
} from '../../../src/transport/transport.js';
import { MemoryLog } from '../../helpers/memory-log/memory-log.js';
import { parseMessage } from '../../helpers/assert/wire-schema.js';
import { bytesOf } from '../../model/arbitraries.js';
import type { StreamLine } from '../../model/line-arbitrary.js';
import { temporaryDir } from '../../transport/embedded/temporary-store.js';
import { type PlainRecord, readToEnd } from '../../transport/records.js';

/** How a session ends before its time, at one of its commits. */
export interface Interruption {
  /** Dies before the commit, or after it without knowing; or is told to stop. */
  readonly kind: 'before' | 'after' | 'stop';
  /** The commit at which it happens, from 0. */
  readonly commit: number;
}

export const topics = { group: 'test', topic: 'data_raw', results: 'data_clean', rejected: 'data_rejected' } as const;

/**
 * Opens a log of its own with the topics of a group, and throws it away afterwards.
 *
 * @param options `retentionBytes` is what the topic of the rows keeps, whatever a group still needs of it
 */
export async function withLog<T>(
  partitions: number,
  use: (log: Transport) => Promise<T>,
  options: { readonly retentionBytes?: number } = {},
): Promise<T> {
  const { dir, remove } = temporaryDir();
  const log = await openEmbeddedLog({ dir, retentionPolicy: options.retentionBytes === undefined ? 'hold' : 'delete' });
  try {
    const small = { partitions: 1, replicationFactor: 1, writer: 'group' as const };
    await log.createTopics([
      { topic: topics.topic, partitions, replicationFactor: 1, ...options },
      { topic: topics.results, ...small },
      { topic: topics.rejected, ...small },
    ]);
    return await use(log);
  } finally {
    await log.close();
    remove();
  }
}

/** A log in memory with the topics of a group. */
export async function memoryLog(partitions: number): Promise<MemoryLog> {
  const log = new MemoryLog();
  const small = { partitions: 1, replicationFactor: 1 };
  await log.createTopics([
    { topic: topics.topic, partitions, replicationFactor: 1 },
    { topic: topics.results, ...small },
    { topic: topics.rejected, ...small },
  ]);
  return log;
}

/** The lines of one partition as records of so many lines; the last line end of a record is left out now and then. */
export function recordsOfLines(
  partition: number,
  lines: readonly StreamLine[],
  linesPerRecord: number,
  mark?: string,
): OutgoingBatch {
  const values: Uint8Array[] = [];
  for (let first = 0; first < lines.length; first += linesPerRecord) {
    const value = bytesOf(lines.slice(first, first + linesPerRecord));
    // A line of no bytes needs its end: without it the record would be an empty one, which is a rejected row.
    values.push(first % 3 === 0 && value.length > 2 && value.at(-2) !== 0x0d ? value.subarray(0, -1) : value);
  }
  let end = 0;
  return {
    partition,
    headers: mark === undefined ? {} : { [headerNames.run]: mark },
    values: Buffer.concat(values),
    valueEnds: Uint32Array.from(values, ({ length }) => (end += length)),
  };
}

/**
 * Works as all lanes of the group, one after the other, until each has ended, has read all there is or is interrupted;
 * `died` stands for a process that is gone.
 *
 * @returns how the last lane ended
 */
export async function runSession(
  log: Transport,
  pool: ComputePool,
  options: Partial<SessionOptions> & { readonly reset?: boolean } = {},
  interruption?: Interruption,
): Promise<SessionEnd | 'died'> {
  const { lanes = 1, reset = false } = options;
  const member = await log.joinGroup({ ...topics, lanes, reset });
  try {
    let end: SessionEnd | 'died' = 'end';
    for (let lane = 0; lane < lanes && end !== 'died'; lane++) {
      const lease = await member.nextLane(AbortSignal.timeout(30_000));
      if (lease === undefined) throw new Error('no lane within 30 s');
      end = await runLane(log, lease, pool, options, interruption);
    }
    return end;
  } finally {
    await member.close();
  }
}

async function runLane(
  log: Transport,
  lease: LaneLease,
  pool: ComputePool,
  options: Partial<SessionOptions>,
  interruption: Interruption | undefined,
): Promise<SessionEnd | 'died'> {
  const stop = new AbortController();
  const hasReadAll = await readAllTest(log, lease.partitions);
  const stopAtEnd = (committed: LaneLease['committed']): void => {
    const open = options.flushAfterMs === undefined ? 0 : (decodeCheckpoint(committed)?.publisher.carried ?? 0);
    if (options.untilEnd === false && hasReadAll(committed) && open === 0) stop.abort();
  };
  const watched = watchedLease(lease, { interruption, stop, onCommit: stopAtEnd });
  stopAtEnd(lease.committed);
  try {
    return await new LaneSession(watched, pool, { ...sessionDefaults, ...options }, stop.signal).run();
  } catch (error) {
    if (error instanceof Death) return 'died';
    throw error;
  }
}

export const sessionDefaults: SessionOptions = {
  group: 'test',
  topic: topics.topic,
  newHistory: randomUUID,
  lanes: 1,
  geometry: defaultGeometry,
  detail: 'full',
  messageBytesMax: 900_000,
  lateness: 4096,
  batchRows: 50,
  batchIntervalMs: 1000,
  idleMs: 0,
  startsOf: () => Promise.resolve(new Map()),
  untilEnd: true,
  now: Date.now,
  steadyNow: () => performance.now(),
};

class Death extends Error {}

function watchedLease(
  lease: LaneLease,
  watch: {
    readonly interruption: Interruption | undefined;
    readonly stop: AbortController;
    readonly onCommit: (committed: LaneLease['committed']) => void;
  },
): LaneLease {
  const { interruption, stop, onCommit } = watch;
  let commits = 0;
  return {
    lane: lease.lane,
    partitions: lease.partitions,
    committed: lease.committed,
    lost: lease.lost,
    topic: lease.topic,
    grown: lease.grown,
    openReader: (from) => lease.openReader(from),
    release: () => lease.release(),
    commit: async (transaction: LaneTransaction) => {
      const kind = commits++ === interruption?.commit ? interruption.kind : undefined;
      if (kind === 'before') throw new Death();
      if (kind === 'stop') stop.abort();
      await lease.commit(transaction);
      if (kind === 'after') throw new Death();
      onCommit(transaction.offsets);
    },
  };
}

/** Whether a commit says that everything is read that is in these partitions now. */
async function readAllTest(
  log: Transport,
  partitions: readonly number[],
): Promise<(committed: LaneLease['committed']) => boolean> {
  const all = (await log.topics()).find(({ topic }) => topic === topics.topic)?.partitions ?? [];
  const bounds = all.filter(({ partition }) => partitions.includes(partition));
  return (committed) => {
    const read = decodeCheckpoint(committed)?.lane.partitions;
    return bounds.every(({ partition, end }) => {
      // What is no record has no message to be said in.
      const isRecord = ({ valueEnds, firstOffset }: { valueEnds: Uint32Array; firstOffset: number }): boolean =>
        valueEnds.length > 0 && firstOffset < end;
      const last =
        log instanceof MemoryLog ? log.partition(topics.topic, partition).stored.findLast(isRecord) : undefined;
      const lastEnd = log instanceof MemoryLog ? (last ? last.firstOffset + last.valueEnds.length : 0) : end;
      return (read?.get(partition)?.read ?? 0) >= lastEnd;
    });
  };
}

/** All messages, each checked against the published schema. */
export async function readMessages(log: Transport): Promise<BatchMessage[]> {
  return (await readTopic(log, topics.results)).map(({ value }) => parseMessage(value));
}

/** All records of a topic, values as Latin-1. */
export async function readTopic(log: Transport, topic: string): Promise<PlainRecord[]> {
  const reader = await log.openReader(topic, 'earliest');
  try {
    return await readToEnd(reader, 'latin1');
  } finally {
    await reader.close();
  }
}

/** Of the physics of the default configuration. */
export const defaultPlan = planOf(defaultGeometry, defaultPhysics, { isFull: true });

/** What `dtstream verify` says of the group. */
export function verify(
  log: Transport,
  options: Partial<Pick<VerifyOptions, 'plan' | 'waitRowsMax' | 'part'>> = {},
): Promise<VerifyReport> {
  return verifyGroup(log, { ...topics, geometry: defaultGeometry, plan: defaultPlan, ...options });
}
