import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeCheckpoint, encodeCheckpoint, laneMarkOf } from '../../src/pipeline/consume/lane-checkpoint.js';
import { LaneOrder } from '../../src/pipeline/order/lane-order.js';
import { decodeResumeState, encodeResumeState } from '../../src/pipeline/produce/resume-state.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { arbitraryBytes, mutatedBytes } from '../helpers/random/mutated-bytes.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { decodeWithinBounds, isDecodeError } from '../helpers/assert/total.js';

const partition = {
  ...{ needed: 5, read: 9, orbitMax: 8_589_934_600, lost: 2 },
  clock: { last: 8_589_934_597, run: 3, mark: 'ef56' },
  anchors: [{ clockRow: 2, orbit: 8_589_934_596, run: 3 }],
};
/** What a commit says of its lane beside where it is. */
const frame = {
  ...{ lanes: 2, topic: { id: 'ab12', partitions: 3 }, history: 'cd34', geometry: '0123456789ab' },
  lateness: 4096,
};
const runs = [
  { index: 2, baseOrbit: 0, min: 5, max: 90 },
  { index: 3, baseOrbit: 4_294_967_296, min: 8_589_934_592, max: 8_589_934_600, mark: 'ef56' },
];
const metadata = Buffer.from(
  encodeCheckpoint(
    {
      lane: { watermark: 4_294_967_300, runs, partitions: new Map([[0, partition]]) },
      publisher: { nextMessageId: 7, closed: 4_294_967_300, carried: 3 },
    },
    frame,
  ).get(0)?.metadata ?? '',
);
const resume = Buffer.from(
  encodeResumeState({
    rows: 1234,
    last: { index: 1, id: '/data/b.csv', before: 'ab12', format: 'csv', rows: 34, offset: 680, crc: 0xdeadbeef },
    pass: 2,
    passOffset: 4_000_000_000,
    clock: { first: 5, last: 77, streakFirst: 0, streakLast: 0, streakRows: 0 },
    partition: 3,
  }),
);

const isOf =
  (code: string) =>
  (error: unknown): boolean =>
    isDecodeError(error) && error instanceof Error && 'code' in error && error.code === code;

const changed = (random: RandomSource, bytes: Buffer): string =>
  (random.oneIn(4) ? arbitraryBytes(random) : mutatedBytes(bytes, random)).toString();

describe('what a log says of how far somebody was', () => {
  it('is a lane that can go on, or an error, whatever is wrong with the metadata of a commit', () => {
    assert.ok(decodeCheckpoint(new Map([[0, { offset: 5, metadata: metadata.toString() }]])) !== undefined);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new RandomSource(seed);
        const committed = { offset: random.below(20), metadata: changed(random, metadata) };
        decodeWithinBounds(() => laneMarkOf(0, committed), isOf('transport'));
        const checkpoint = decodeWithinBounds(() => decodeCheckpoint(new Map([[0, committed]])), isOf('transport'));
        if (checkpoint === undefined) return;
        const again = decodeWithinBounds(() => {
          const lane = new LaneOrder({ shards: 1, lateness: 4096 }, checkpoint.lane);
          lane.cut(10);
          lane.flush();
          return encodeCheckpoint({ ...checkpoint, lane: lane.state }, frame);
        });
        assert.ok(decodeCheckpoint(again ?? new Map()) !== undefined);
      }),
      { numRuns: casesOf(4000) },
    );
  });

  it('is a state of whole numbers, or an error, whatever is wrong with a resume state', () => {
    assert.equal(decodeResumeState(resume.toString()).rows, 1234);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = changed(new RandomSource(seed), resume);
        const state = decodeWithinBounds(() => decodeResumeState(text), isOf('input'));
        if (state !== undefined) assert.ok(Number.isSafeInteger(state.rows) && state.last.rows >= 0);
      }),
      { numRuns: casesOf(3000) },
    );
  });
});
