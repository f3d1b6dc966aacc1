import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DtstreamError } from '../../../errors.js';
import type { PartitionState } from '../../transport.js';
import { blockBytesMax, decodeBlock, timestampOfBlock, type Block } from '../store/block-codec.js';
import { Arena } from '../store/arena.js';
import type { ReadView, WriteView } from '../store/store-env.js';
import {
  ageKey,
  blockKey,
  firstOffsetOfKey,
  headsKey,
  partitionsMax,
  topicKey,
  topicKeyRange,
  topicOfKey,
  topicsMax,
} from '../store/store-keys.js';
import { damagedValue, readStored, readStoredCounts } from '../store/stored-value.js';

/** What a topic is; fixed when it is created. */
export interface TopicRecord {
  readonly topic: string;
  readonly id: number;
  readonly partitions: number;
  readonly retentionBytes: number;
  /** Distinguishes it from another topic of this name; topics of older versions get one at the next write. */
  readonly uuid?: string;
}

/**
 * Where a topic's partitions begin and end, and its age queue: blocks numbered in the order of their appends, oldest
 * `ageFirst`, the next one gets `ageEnd`.
 *
 * ```
 *  stored as f64: bytes │ ageFirst │ ageEnd │ first of 0 │ end of 0 │ first of 1 │ end of 1 │ …
 * ```
 */
export interface TopicHeads {
  /** Bytes of the topic's blocks on disk. */
  bytes: number;
  ageFirst: number;
  ageEnd: number;
  readonly first: Float64Array;
  readonly end: Float64Array;
}

/** A block of the age queue. */
export interface AgedBlock {
  readonly partition: number;
  readonly firstOffset: number;
  readonly count: number;
  readonly bytes: number;
}

/** A block as it was found: the offset of its first record, and the record after its last one. */
export interface StoredBlock {
  readonly block: Block;
  readonly firstOffset: number;
  readonly endOffset: number;
}

export function topicsOf(view: ReadView): TopicRecord[] {
  return view.entries(topicKeyRange).map(({ key, value }) => topicFrom(topicOfKey(key), value));
}

export function findTopic(view: ReadView, topic: string): TopicRecord | undefined {
  const value = view.get(topicKey(topic));
  return value && topicFrom(topic, value);
}

/** Adds a topic without records; one that exists is returned as it is. */
export function addTopic(
  view: WriteView,
  { topic, partitions, retentionBytes }: { topic: string; partitions: number; retentionBytes: number },
): TopicRecord {
  const existing = topicsOf(view);
  const found = existing.find((record) => record.topic === topic);
  if (found) return found;
  const id = existing.length;
  if (id > topicsMax) throw new DtstreamError('limit', `cannot create topic ${topic}: at most ${topicsMax + 1} topics`);
  const record = { id, partitions, retentionBytes, uuid: randomUUID() };
  view.put(topicKey(topic), Buffer.from(JSON.stringify(record)));
  const empty = new Float64Array(partitions);
  writeHeads(view, id, { bytes: 0, ageFirst: 0, ageEnd: 0, first: empty, end: empty });
  return { topic, ...record };
}

/** Gives a topic of an older version an id of its own. */
export function identifyTopic(view: WriteView, topic: string): void {
  const found = findTopic(view, topic);
  if (found === undefined || found.uuid !== undefined) return;
  const { id, partitions, retentionBytes } = found;
  const record = { id, partitions, retentionBytes, uuid: randomUUID() };
  view.put(topicKey(topic), Buffer.from(JSON.stringify(record)));
}

/** @throws DtstreamError `store` when they are not there, or cannot be heads of this topic */
export function readHeads(view: ReadView, { id, topic, partitions }: TopicRecord): TopicHeads {
  const value = view.get(headsKey(id));
  if (!value) throw new DtstreamError('store', `cannot read topic ${topic}: it has no heads; the store is damaged`);
  const what = `the heads of topic ${topic}`;
  const numbers = readStoredCounts(what, value, 3 + 2 * partitions);
  const first = new Float64Array(partitions);
  const end = new Float64Array(partitions);
  for (let p = 0; p < partitions; p++) {
    first[p] = numbers[3 + 2 * p];
    end[p] = numbers[4 + 2 * p];
    if (first[p] > end[p]) throw damagedValue(what, `partition ${p} begins at ${first[p]} and ends at ${end[p]}`);
  }
  if (numbers[1] > numbers[2]) throw damagedValue(what, `its oldest block is ${numbers[1]} of ${numbers[2]}`);
  return { bytes: numbers[0], ageFirst: numbers[1], ageEnd: numbers[2], first, end };
}

export function writeHeads(view: WriteView, topicId: number, heads: TopicHeads): void {
  const numbers = new Float64Array(3 + 2 * heads.first.length);
  numbers[0] = heads.bytes;
  numbers[1] = heads.ageFirst;
  numbers[2] = heads.ageEnd;
  for (let p = 0; p < heads.first.length; p++) {
    numbers[3 + 2 * p] = heads.first[p];
    numbers[4 + 2 * p] = heads.end[p];
  }
  view.put(headsKey(topicId), new Uint8Array(numbers.buffer));
}

export function partitionStates(heads: TopicHeads): PartitionState[] {
  return Array.from(heads.first, (first, partition) => ({ partition, first, end: heads.end[partition] }));
}

/** A block that is ready to be appended. */
export interface EncodedBlock {
  readonly partition: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Appends blocks and moves `heads` on; the caller writes them. */
export function appendBlocks(
  view: WriteView,
  topicId: number,
  heads: TopicHeads,
  blocks: readonly EncodedBlock[],
): void {
  for (const { partition, count, bytes } of blocks) {
    const firstOffset = heads.end[partition];
    view.put(blockKey(topicId, partition, firstOffset), bytes);
    view.put(ageKey(topicId, heads.ageEnd++), encodeAged({ partition, firstOffset, count, bytes: storedBytes(bytes) }));
    heads.end[partition] = firstOffset + count;
    heads.bytes += storedBytes(bytes);
  }
}

/** The oldest block of a topic, or undefined when it is empty. */
export function oldestBlock(view: ReadView, topicId: number, heads: TopicHeads): AgedBlock | undefined {
  if (heads.ageFirst === heads.ageEnd) return undefined;
  const value = view.get(ageKey(topicId, heads.ageFirst));
  return value && decodeAged(value, heads.first.length);
}

/** Deletes the oldest block and moves `heads` on; the caller writes them. */
export function deleteOldest(view: WriteView, topicId: number, heads: TopicHeads, oldest: AgedBlock): void {
  view.remove(blockKey(topicId, oldest.partition, oldest.firstOffset));
  view.remove(ageKey(topicId, heads.ageFirst++));
  heads.first[oldest.partition] = oldest.firstOffset + oldest.count;
  heads.bytes -= oldest.bytes;
}

/**
 * What a block costs on disk, its entry in the age queue included: large ones have pages of 4 KiB of their own, small
 * ones share pages that are half to two thirds full.
 */
export function storedBytes(bytes: Uint8Array): number {
  const inPages = Math.ceil((bytes.length + 24) / 4096) * 4096 + 200;
  return Math.min(inPages, Math.ceil((bytes.length + 110) * 1.6));
}

/** The block that holds `offset`, which must be held (between first and end). */
export function findBlock(
  view: ReadView,
  topic: TopicRecord,
  { partition, offset }: { readonly partition: number; readonly offset: number },
  arena: Arena,
): StoredBlock {
  const { firstOffset, bytes } = findBytes(view, topic, partition, offset, arena);
  const where = (): string => `block ${firstOffset} of ${topic.topic}/${partition}`;
  const block = decodeBlock(bytes, where);
  const endOffset = firstOffset + block.valueEnds.length;
  if (endOffset <= offset) throw endsBefore(where, offset);
  return { block, firstOffset, endOffset };
}

function endsBefore(where: () => string, offset: number): DtstreamError {
  return new DtstreamError(
    'store',
    `cannot read ${where()}: it must hold offset ${offset}, but ends before; the store is damaged`,
  );
}

/** First held offset at or after which every block was appended at `timeMs` or later; the end when there is none. */
export function offsetAtTime(view: ReadView, topic: TopicRecord, range: PartitionState, timeMs: number): number {
  const arena = new Arena(2 * blockBytesMax);
  let low = range.first;
  let high = range.end;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const { firstOffset, bytes } = findBytes(view, topic, range.partition, middle, arena);
    const where = (): string => `block ${firstOffset} of ${topic.topic}/${range.partition}`;
    if (timestampOfBlock(bytes, where) >= timeMs) {
      high = Math.min(firstOffset, middle);
      continue;
    }
    const endOffset = firstOffset + decodeBlock(bytes, where).valueEnds.length;
    if (endOffset <= middle) throw endsBefore(where, middle);
    low = endOffset;
  }
  return Math.max(low, range.first);
}

function findBytes(
  view: ReadView,
  topic: TopicRecord,
  partition: number,
  offset: number,
  arena: Arena,
): { firstOffset: number; bytes: Uint8Array } {
  const key = blockKey(topic.id, partition, offset);
  const exact = view.getInto(key, arena);
  if (exact) return { firstOffset: offset, bytes: exact };
  const before = view.floorKey(key);
  const firstOffset = before && firstOffsetOfKey(before, topic.id, partition);
  const bytes = firstOffset === undefined ? undefined : view.getInto(blockKey(topic.id, partition, firstOffset), arena);
  if (firstOffset === undefined || !bytes) {
    throw new DtstreamError(
      'store',
      `cannot read offset ${offset} of ${topic.topic}/${partition}: no block holds it; the store is damaged`,
    );
  }
  return { firstOffset, bytes };
}

const topicSchema = z.object({
  id: z.int().min(0).max(topicsMax),
  partitions: z.int().min(1).max(partitionsMax),
  retentionBytes: z.number().min(0),
  /** Topics of older versions have none. */
  uuid: z.string().optional(),
});

function topicFrom(topic: string, value: Uint8Array): TopicRecord {
  const { uuid, ...record } = readStored(`topic ${topic}`, value, topicSchema);
  return { topic, ...record, ...(uuid !== undefined && { uuid }) };
}

function encodeAged({ partition, firstOffset, count, bytes }: AgedBlock): Uint8Array {
  return new Uint8Array(Float64Array.of(partition, firstOffset, count, bytes).buffer);
}

function decodeAged(value: Uint8Array, partitions: number): AgedBlock {
  const what = 'the age queue';
  const [partition, firstOffset, count, bytes] = readStoredCounts(what, value, 4);
  if (partition >= partitions) throw damagedValue(what, `it names partition ${partition} of ${partitions}`);
  return { partition, firstOffset, count, bytes };
}
