import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeBlock, encodeBlock, timestampOfBlock } from '../../../src/transport/embedded/store/block-codec.js';
import { checksumOf } from '../../../src/transport/embedded/store/checksum.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { leasesOf, readCommitted, registeredGroups } from '../../../src/transport/embedded/groups/group-store.js';
import { checkRootPages, checkTree } from '../../../src/transport/embedded/store/page-check.js';
import {
  committedKey,
  firstOffsetOfKey,
  leaseKey,
  topicKey,
} from '../../../src/transport/embedded/store/store-keys.js';
import type { ReadView } from '../../../src/transport/embedded/store/store-env.js';
import { findTopic, oldestBlock, readHeads } from '../../../src/transport/embedded/topics/topic-log.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { arbitraryBytes, mutatedBytes } from '../../helpers/random/mutated-bytes.js';
import { RandomSource } from '../../helpers/random/random-source.js';
import { decodeWithinBounds, isDecodeError } from '../../helpers/assert/total.js';
import { batchOf } from '../records.js';
import { temporaryDir } from './temporary-store.js';

/** Whether an error says that the store is damaged; nothing else may come of damage. */
const isDamage = (error: unknown): boolean =>
  isDecodeError(error) && error instanceof Error && 'code' in error && error.code === 'store';

function changedBy(random: RandomSource, bytes: Uint8Array): Buffer {
  return random.oneIn(4) ? arbitraryBytes(random) : mutatedBytes(bytes, random);
}

describe('blocks of a damaged store', () => {
  const where = (): string => 'a block';
  const sealed = (bytes: Buffer): Buffer => {
    const aligned = Buffer.from(new Uint8Array(bytes).buffer);
    if (aligned.length >= 8) aligned.writeUInt32LE(checksumOf(aligned, 8), 4);
    return aligned;
  };
  const block = Buffer.from(
    encodeBlock(batchOf(0, ['one', 'two', ''], { headers: { a: 'b' }, keys: ['k', null, ''] }), { from: 0, to: 3 }, 5),
  );

  for (const [what, change] of [
    ['ends beyond its values', (bytes: Buffer) => bytes.writeUInt32LE(1000, 40)],
    ['ends that fall', (bytes: Buffer) => bytes.writeUInt32LE(7, 32)],
    ['more records than keys', (bytes: Buffer) => bytes.write('[1]     ', bytes.indexOf('["k"'))],
    ['headers that are no texts', (bytes: Buffer) => bytes.write('{"a":123}', bytes.indexOf('{"a"'))],
    ['headers that are no JSON', (bytes: Buffer) => bytes.write('{"a"', bytes.indexOf('{"a"') + 5)],
    ['a time that is none', (bytes: Buffer) => bytes.writeDoubleLE(NaN, 8)],
    ['more records than bytes', (bytes: Buffer) => bytes.writeUInt32LE(0xffff_ffff, 16)],
  ] as const) {
    it(`are refused with ${what}, also when the checksum is right`, () => {
      const bytes = Buffer.from(block);
      change(bytes);
      assert.throws(() => decodeBlock(sealed(bytes), where), { code: 'store', message: /the store is damaged/ });
    });
  }

  it('are whole or damage, whatever is wrong with them', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isSealed) => {
        const changed = changedBy(new RandomSource(seed), block);
        const bytes = isSealed ? sealed(changed) : changed;
        const read = decodeWithinBounds(() => decodeBlock(bytes, where), isDamage);
        if (read !== undefined) {
          const ends = [...read.valueEnds];
          assert.ok(ends.every((end, index) => end >= (ends[index - 1] ?? 0)) && (ends.at(-1) ?? 0) === read.values.length); // prettier-ignore
          assert.ok(read.keys === undefined || read.keys.length === ends.length);
        }
        decodeWithinBounds(() => timestampOfBlock(bytes, where), isDamage);
      }),
      { numRuns: casesOf(3000) },
    );
  });
});

describe('values of a damaged store', () => {
  const process = { pid: 1, started: '5', host: 'h', boot: 'b', pidNamespace: 'n' };
  const lease = Buffer.from(JSON.stringify({ epoch: 3, topic: 't', lanes: 2, owner: { member: 'm', process } }));
  const committed = Buffer.from(JSON.stringify({ offset: 7, metadata: '{"v":1}' }));
  const topic = Buffer.from(JSON.stringify({ id: 1, partitions: 2, retentionBytes: 1000 }));
  const heads = Buffer.from(Float64Array.of(500, 3, 8, 0, 10, 2, 7).buffer);
  const aged = Buffer.from(Float64Array.of(1, 2, 5, 100).buffer);

  /** A snapshot that holds one value, whatever it is asked for. */
  const viewOf = (key: Uint8Array, value: Buffer): ReadView => ({
    get: () => value,
    getInto: () => value,
    floorKey: () => key,
    entries: () => [{ key, value }],
  });
  const record = { topic: 't', id: 1, partitions: 2, retentionBytes: 1000 };
  const reads: readonly (readonly [name: string, key: Buffer, value: Buffer, read: (view: ReadView) => unknown])[] = [
    ['a lease', leaseKey('g', 1), lease, (view) => leasesOf(view)],
    ['a commit', committedKey('g', 't', 1), committed, (view) => readCommitted(view, 'g', 't')],
    ['a group', committedKey('g', 't', 1), committed, (view) => registeredGroups({ ...view, entries: (range) => (range.start[0] === 6 ? view.entries(range) : []) }, () => false)], // prettier-ignore
    ['a topic', topicKey('t'), topic, (view) => findTopic(view, 't')],
    ['heads', topicKey('t'), heads, (view) => readHeads(view, record)],
    ['the age queue', topicKey('t'), aged, (view) => oldestBlock(view, 1, { bytes: 1, ageFirst: 0, ageEnd: 1, first: new Float64Array(2), end: new Float64Array(2) })], // prettier-ignore
  ];

  for (const [name, key, value, read] of reads) {
    it(`are read as ${name}, or are damage`, () => {
      assert.ok(read(viewOf(key, value)) !== undefined);
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const random = new RandomSource(seed);
          const changedKey = random.oneIn(3) ? changedBy(random, key) : key;
          const changedValue = random.oneIn(3) ? value : changedBy(random, value);
          decodeWithinBounds(() => read(viewOf(changedKey, changedValue)), isDamage);
          decodeWithinBounds(() => firstOffsetOfKey(changedKey, 1, 0), () => false); // prettier-ignore
        }),
        { numRuns: casesOf(1500) },
      );
    });
  }

  it('are refused as heads that cannot be', () => {
    const wrong = [[500, 3, 8, 11, 10, 2, 7], [500, 9, 8, 0, 10, 2, 7], [-1, 3, 8, 0, 10, 2, 7], [500, 3, 8, 0.5, 10, 2, 7], [500, 3, 8, 0, 10]]; // prettier-ignore
    for (const numbers of wrong) {
      const value = Buffer.from(Float64Array.from(numbers).buffer);
      assert.throws(() => readHeads(viewOf(topicKey('t'), value), record), { code: 'store' }, numbers.join());
    }
  });
});

describe('pages of a damaged store', () => {
  let dir: string;
  let remove: () => void;
  let data: Buffer;
  before(async () => {
    ({ dir, remove } = temporaryDir());
    const log = await openEmbeddedLog({ dir: join(dir, 'whole') });
    await log.createTopics([{ topic: 'raw', partitions: 2, replicationFactor: 1 }]);
    const writer = await log.openWriter('raw');
    await writer.append(Array.from({ length: 300 }, (_, i) => batchOf(i % 2, [`value ${i}`.padEnd(700)])));
    await log.close();
    cpSync(join(dir, 'whole', 'topics', 'raw'), join(dir, 'changed'), { recursive: true });
    data = readFileSync(join(dir, 'changed', 'data.mdb'));
  });
  after(() => remove());

  it('are found right or wrong before they are opened, whatever is wrong with them', () => {
    const path = join(dir, 'changed', 'data.mdb');
    const check = (): void => {
      checkRootPages(join(dir, 'changed'));
      checkTree(join(dir, 'changed'));
    };
    writeFileSync(path, data);
    check();
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isRoot) => {
        const random = new RandomSource(seed);
        const page = isRoot ? random.below(2) : random.below(data.length / 4096);
        const from = page * 4096;
        // What leads on stands at the beginning of a page: its head, trees and offsets of nodes.
        const part = data.subarray(from, from + (random.oneIn(2) ? 200 : 4096));
        const changed = Buffer.from(data);
        mutatedBytes(part, random).copy(changed, from, 0, 4096);
        writeFileSync(path, random.oneIn(10) ? changed.subarray(0, random.below(changed.length)) : changed);
        decodeWithinBounds(check, isDamage);
      }),
      { numRuns: 300 },
    );
  });
});
