import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findLimit, type Limit, type Trial } from '../../../src/experiment/limits/limit.js';
import { limitsText } from '../../../src/experiment/tables/limit-text.js';
import { plain } from '../samples.js';

const holdsBelow =
  (limit: number) =>
  (rate: number): Promise<Trial> =>
    Promise.resolve(rate <= limit ? { holds: true, why: '' } : { holds: false, why: 'too fast' });

describe('findLimit', () => {
  it('brackets the limit as closely as asked, from any guess', async () => {
    const number = fc.integer({ min: 100, max: 10_000_000 });
    await fc.assert(
      fc.asyncProperty(number, number, async (limit, guess) => {
        const { held, failed } = await findLimit({ guess, tolerance: 0.05, trialsMax: 60 }, holdsBelow(limit));
        assert.ok(held !== null && failed !== null);
        assert.ok(held <= limit && limit < failed, `${held} ${limit} ${failed}`);
        assert.ok(failed / held <= 1.05 + 1 / held);
      }),
    );
  });

  it('tries no more often than it may, and says what it knows then', async () => {
    const found = await findLimit({ guess: 1000, tolerance: 0.01, trialsMax: 3 }, holdsBelow(Infinity));
    assert.deepEqual([found.held, found.failed, found.tried.length], [4000, null, 3]);
    const none = await findLimit({ guess: 8, tolerance: 0.01, trialsMax: 50 }, holdsBelow(0));
    assert.deepEqual([none.held, none.failed, none.why], [null, 1, 'too fast']);
  });
});

describe('limitsText', () => {
  const limitOf = (threads: number, held: number | null): Limit => ({
    kind: 'limit',
    configuration: { ...plain, threads, shards: threads },
    ...{ held, failed: 420_000, objectiveMs: 2000, p99Ms: 1100, why: 'backlog grew', tried: [] },
    stages: { mainBusy: 0.95, poolBusy: 0.4, main: { log: 6, merge: 2 }, pool: { decode: 3, shard: 1 } },
  });

  it('says what the machine carries, where more threads stop to help and what holds it back', () => {
    const text = limitsText([limitOf(1, 200_000), limitOf(2, 380_000), limitOf(3, 390_000)], 5000);
    assert.match(text, /^1 thread: sustains 200,000 rows\/s \(p99 1,100 ms of 2,000 ms\), not 420,000: backlog grew/);
    assert.match(
      text,
      /This machine sustains 390,000 rows\/s = 78 times a detector of 5,000 hits\/s; knee at 2 threads of 1, 2, 3 tried/,
    );
    assert.match(text, /limited by log \(main thread busy 95 % of the time: log 75 %, merge 25 %\)\./);
    assert.match(
      text,
      /Universal scalability law: one thread [\d,]+ rows\/s, contention σ = [\d.e-]+, coherency κ = [\d.e-]+/,
    );
  });

  it('does not claim a law that the points are far from', () => {
    const text = limitsText([limitOf(1, 88_000), limitOf(2, 707_000), limitOf(3, 594_000)], 5000);
    assert.match(text, /The points do not follow the universal scalability law: they differ from it by up to \d+ %\.$/);
  });

  it('does not fit a law to two points, and says when nothing held', () => {
    assert.match(limitsText([limitOf(1, 10), limitOf(2, 20)], 5000), /needs at least three numbers of threads/);
    assert.match(limitsText([limitOf(1, null)], 5000), /no rate keeps p99.*\n\nThis machine sustains none/s);
  });

  it('names no thread as the limit when none is busy', () => {
    const idle = { ...limitOf(1, 10), stages: { mainBusy: 0.3, poolBusy: 0.2, main: { log: 1 }, pool: {} } };
    assert.match(limitsText([idle], 5000), /limited by no single thread/);
  });
});
