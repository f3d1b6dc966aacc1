import { damagedValue } from './stored-value.js';

/**
 * Keys of an environment, as bytes that sort the way the log is read:
 *
 * ```
 *  kind │ fields                                         │ value
 *  ─────┼────────────────────────────────────────────────┼──────────────────────────────────────────
 *   1   │ topic name                                     │ JSON {id, partitions, retentionBytes}
 *   2   │ topic id u16                                   │ heads: first and end offsets (topic-log.ts)
 *   3   │ topic id u16 │ partition u32 │ first offset u64 │ block of records (block-codec.ts)
 *   4   │ topic id u16 │ age u64                         │ age queue: which block is the oldest
 *   5   │ topic id u16 │ SHA-256 of an input's name      │ JSON of its resume point
 *   6   │ group NUL topic NUL partition u32              │ JSON of a committed offset
 *   7   │ group NUL lane u32                             │ JSON of a lease
 * ```
 *
 * Numbers are big endian, so that bytes order as numbers do.
 */
const kinds = { topic: 1, heads: 2, block: 3, age: 4, resume: 5, committed: 6, lease: 7 } as const;

/** Limits of what fits the fields; offsets and ages are whole numbers below 2^53. */
export const topicsMax = 0xffff;
export const partitionsMax = 10_000;

export function topicKey(topic: string): Buffer {
  return Buffer.concat([Buffer.of(kinds.topic), Buffer.from(topic)]);
}

/** Start and end (not included) of the keys of all topics. */
export const topicKeyRange = { start: Buffer.of(kinds.topic), end: Buffer.of(kinds.topic + 1) };

export function topicOfKey(key: Uint8Array): string {
  return Buffer.from(key.subarray(1)).toString();
}

export function headsKey(topicId: number): Buffer {
  const key = Buffer.alloc(3);
  key[0] = kinds.heads;
  key.writeUInt16BE(topicId, 1);
  return key;
}

export function blockKey(topicId: number, partition: number, firstOffset: number): Buffer {
  const key = Buffer.alloc(15);
  key[0] = kinds.block;
  key.writeUInt16BE(topicId, 1);
  key.writeUInt32BE(partition, 3);
  writeUint53(key, firstOffset, 7);
  return key;
}

/** First offset of a block's key, if it is one of this partition. */
export function firstOffsetOfKey(key: Uint8Array, topicId: number, partition: number): number | undefined {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length !== 15 || bytes[0] !== kinds.block) return undefined;
  if (bytes.readUInt16BE(1) !== topicId || bytes.readUInt32BE(3) !== partition) return undefined;
  return readUint53(bytes, 7);
}

export function ageKey(topicId: number, age: number): Buffer {
  const key = Buffer.alloc(11);
  key[0] = kinds.age;
  key.writeUInt16BE(topicId, 1);
  writeUint53(key, age, 3);
  return key;
}

export function resumeKey(topicId: number, inputDigest: Uint8Array): Buffer {
  const key = Buffer.alloc(3 + inputDigest.length);
  key[0] = kinds.resume;
  key.writeUInt16BE(topicId, 1);
  key.set(inputDigest, 3);
  return key;
}

/** Key of a partition's committed offset; without a partition, where those of (group, topic) begin. */
export function committedKey(group: string, topic: string, partition = 0): Buffer {
  const names = Buffer.from(`${group}\0${topic}\0`);
  const key = Buffer.alloc(1 + names.length + 4);
  key[0] = kinds.committed;
  key.set(names, 1);
  key.writeUInt32BE(partition, 1 + names.length);
  return key;
}

export const committedKeyRange = { start: Buffer.of(kinds.committed), end: Buffer.of(kinds.committed + 1) };

/** @throws DtstreamError `store` when it is no such key */
export function parseCommittedKey(key: Uint8Array): { group: string; topic: string; partition: number } {
  const { names, number } = parseNamedKey(key, kinds.committed, 2);
  return { group: names[0], topic: names[1], partition: number };
}

export function leaseKey(group: string, lane: number): Buffer {
  const name = Buffer.from(`${group}\0`);
  const key = Buffer.alloc(1 + name.length + 4);
  key[0] = kinds.lease;
  key.set(name, 1);
  key.writeUInt32BE(lane, 1 + name.length);
  return key;
}

export const leaseKeyRange = { start: Buffer.of(kinds.lease), end: Buffer.of(kinds.lease + 1) };

/** @throws DtstreamError `store` when it is no such key */
export function parseLeaseKey(key: Uint8Array): { group: string; lane: number } {
  const { names, number } = parseNamedKey(key, kinds.lease, 1);
  return { group: names[0], lane: number };
}

/** Names that end in NUL each, then a number. */
function parseNamedKey(
  key: Uint8Array,
  kind: number,
  nameCount: number,
): { readonly names: readonly string[]; readonly number: number } {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const numberAt = bytes.length - 4;
  if (numberAt >= 1 && bytes[0] === kind) {
    const names = bytes.toString('utf8', 1, numberAt).split('\0');
    if (names.length === nameCount + 1 && names.at(-1) === '') return { names, number: bytes.readUInt32BE(numberAt) };
  }
  throw damagedValue('a key', `it has ${bytes.length} bytes of something else`);
}

function writeUint53(target: Buffer, value: number, at: number): void {
  target.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  target.writeUInt32BE(value >>> 0, at + 4);
}

function readUint53(source: Buffer, at: number): number {
  return source.readUInt32BE(at) * 2 ** 32 + source.readUInt32BE(at + 4);
}
