import type { ReadView, WriteView } from '../store/store-env.js';
import { deleteOldest, oldestBlock, type TopicHeads, type TopicRecord } from './topic-log.js';

/** What to do when a topic is full and a group still needs its oldest records. */
export type RetentionPolicy = 'hold' | 'delete';

/** What a group still needs of a topic: everything from these offsets on; a partition without one is needed whole. */
export interface Hold {
  readonly group: string;
  readonly offsets: ReadonlyMap<number, { readonly offset: number }>;
}

/** Why a topic cannot make room. */
export interface Held {
  readonly topic: TopicRecord;
  readonly group: string;
  readonly partition: number;
  /** First record the group has not finished, and the end of the partition. */
  readonly offset: number;
  readonly end: number;
}

/** What came of making room. */
export interface Room {
  /** The group that needs the oldest block after everything deletable was deleted. */
  readonly held: Held | undefined;
  /** Records deleted while no group held anything: perhaps no group has read them. */
  readonly unread: number;
}

/**
 * Deletes the oldest blocks until `bytes` more fit, and moves `heads` on.
 *
 * @param holds asked only when something must be deleted
 */
export function makeRoom(
  view: WriteView,
  topic: TopicRecord,
  heads: TopicHeads,
  bytes: number,
  holds: (view: ReadView) => readonly Hold[],
): Room {
  let unread = 0;
  if (heads.bytes + bytes <= topic.retentionBytes) return { held: undefined, unread };
  const needed = holds(view);
  while (heads.bytes + bytes > topic.retentionBytes) {
    const oldest = oldestBlock(view, topic.id, heads);
    if (!oldest) break;
    for (const { group, offsets } of needed) {
      const offset = offsets.get(oldest.partition)?.offset ?? 0;
      if (offset < oldest.firstOffset + oldest.count) {
        const held = { topic, group, partition: oldest.partition, offset, end: heads.end[oldest.partition] };
        return { held, unread };
      }
    }
    deleteOldest(view, topic.id, heads, oldest);
    if (needed.length === 0) unread += oldest.count;
  }
  return { held: undefined, unread };
}
