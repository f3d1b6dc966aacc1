import type { ReadView, WriteView } from './store-env.js';
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

/**
 * Deletes the oldest blocks until `bytes` more fit, and moves `heads` on.
 *
 * @param holds asked only when something must be deleted
 * @returns who needs the oldest block when there is no room, with what could be deleted deleted
 */
export function makeRoom(
  view: WriteView,
  topic: TopicRecord,
  heads: TopicHeads,
  bytes: number,
  holds: (view: ReadView) => readonly Hold[],
): Held | undefined {
  if (heads.bytes + bytes <= topic.retentionBytes) return undefined;
  const needed = holds(view);
  while (heads.bytes + bytes > topic.retentionBytes) {
    const oldest = oldestBlock(view, topic.id, heads);
    if (!oldest) return undefined;
    for (const { group, offsets } of needed) {
      const offset = offsets.get(oldest.partition)?.offset ?? 0;
      if (offset < oldest.firstOffset + oldest.count) {
        return { topic, group, partition: oldest.partition, offset, end: heads.end[oldest.partition] };
      }
    }
    deleteOldest(view, topic.id, heads, oldest);
  }
  return undefined;
}
