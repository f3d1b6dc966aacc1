import type { CommittedOffset, PartitionState, TopicState, Transport } from '../../transport/transport.js';
import { decodeCheckpoint } from '../consume/lane-checkpoint.js';

/** Records of a partition that a group has not counted. */
export interface MissingRecords {
  readonly partition: number;
  /** Half open; absent where the messages that said it are gone. */
  readonly offsets?: readonly [number, number];
  readonly records: number;
}

/** The messages missing from the results of a group: everything in its topic since it started that it has not counted. */
export interface Incomplete {
  /** Deleted before they were read. */
  readonly lost: readonly MissingRecords[];
  /** In the topic and not read yet. */
  readonly unread: readonly MissingRecords[];
  /** Behind a transaction that is open. */
  readonly undecided: readonly MissingRecords[];
  /** Rows of open orbits that were deleted before their orbit was closed. */
  readonly carriedLost: number;
}

/** What the messages of a group say of holes. */
export interface SaidLost {
  readonly ranges: readonly (readonly [partition: number, from: number, to: number])[];
  readonly carriedLost: number;
}

/** Unread offsets that are read, to tell records from what takes an offset and is none; of more only the offsets count. */
const countedOffsetsMax = 1_000_000;
const readBytes = 4 << 20;
const waitMs = 1000;

/** @param raw state before the commits were read: later messages are not missing */
export async function findIncomplete(
  log: Transport,
  {
    raw,
    committed,
    said,
  }: {
    readonly raw: TopicState;
    readonly committed: ReadonlyMap<number, CommittedOffset>;
    readonly said: SaidLost;
  },
): Promise<Incomplete> {
  const states = decodeCheckpoint(committed)?.lane.partitions;
  const lost: MissingRecords[] = said.ranges.map(([partition, from, to]) => missing(partition, from, to));
  const unread: MissingRecords[] = [];
  const undecided: MissingRecords[] = [];
  for (const { partition, first, end, undecided: waiting = 0 } of raw.partitions) {
    const state = states?.get(partition);
    const known = lost.filter((range) => range.partition === partition).reduce((sum, { records }) => sum + records, 0);
    const more = (state?.lost ?? 0) - known;
    if (more > 0) lost.push({ partition, records: more });
    if (state !== undefined && state.read < first) lost.push(missing(partition, state.read, first));
    const from = Math.max(first, state?.read ?? 0);
    const records = await recordsBetween(log, raw.topic, { partition, first: from, end });
    if (records > 0) unread.push({ partition, offsets: [from, end], records });
    if (waiting > 0) undecided.push(missing(partition, end, end + waiting));
  }
  const byPlace = (a: MissingRecords, b: MissingRecords): number =>
    a.partition - b.partition || (a.offsets?.[0] ?? -1) - (b.offsets?.[0] ?? -1);
  return { lost: lost.sort(byPlace), unread, undecided, carriedLost: said.carriedLost };
}

/** Whether nothing is missing. */
export function isComplete({ lost, unread, undecided, carriedLost }: Incomplete): boolean {
  return lost.length + unread.length + undecided.length + carriedLost === 0;
}

function missing(partition: number, from: number, to: number): MissingRecords {
  return { partition, offsets: [from, to], records: to - from };
}

/** Records in [first, end): markers of transactions and compacted ones take offsets, too. */
async function recordsBetween(
  log: Transport,
  topic: string,
  { partition, first, end }: PartitionState,
): Promise<number> {
  if (first >= end || end - first > countedOffsetsMax) return Math.max(0, end - first);
  const reader = await log.openReader(topic, new Map([[partition, first]]), [partition]);
  let records = 0;
  try {
    while ((reader.positions().get(partition) ?? end) < end) {
      for (const { valueEnds, offsets, firstOffset } of await reader.read({
        bytesMax: readBytes,
        waitMs,
        lent: true,
      })) {
        const below = offsets?.findIndex((offset) => offset >= end) ?? end - firstOffset;
        records += below < 0 ? valueEnds.length : Math.min(valueEnds.length, below);
      }
    }
    return records;
  } finally {
    await reader.close();
  }
}
