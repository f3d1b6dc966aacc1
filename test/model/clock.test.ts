import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClockRow, ModelClock } from './clock.js';

// The bounds of the decision, written again so that a change of one is seen.
const near = 2 ** 20;
const streakRows = 16;
const waitRows = 65_536;
const wrap = 2 ** 32;
/** What is added to a raw orbit before the first wrap of run 0. */
const run0 = 2 * wrap;

/** Shows orbits to a partition's clock, one row each. */
function show(clock: ModelClock, partition: number, orbits: readonly number[]): ClockRow[] {
  return orbits.map((orbit) => {
    const row: ClockRow = { orbit, timelineOrbit: undefined };
    clock.show(partition, row);
    return row;
  });
}
const times = (rows: readonly ClockRow[]): (number | undefined)[] => rows.map((row) => row.timelineOrbit);
const range = (first: number, count = streakRows): number[] => Array.from({ length: count }, (_, i) => first + i);
const unplaced = (count: number): undefined[] => new Array<undefined>(count).fill(undefined);

describe('ModelClock', () => {
  it('places the first row of a lane in run 0 and its neighbours by their difference, across the wrap', () => {
    const clock = new ModelClock();
    const rows = show(clock, 0, [wrap - 2, 3, wrap - 1, near + 2, 2]);
    assert.deepEqual(times(rows), [run0 + wrap - 2, run0 + wrap + 3, run0 + wrap - 1, undefined, run0 + wrap + 2]);
    assert.equal(clock.runOf(run0), 0);
  });

  it('accepts a step of exactly 2^20 either way and makes a larger one wait', () => {
    const clock = new ModelClock();
    assert.deepEqual(times(show(clock, 0, [5 * near, 6 * near, 5 * near])), [
      run0 + 5 * near,
      run0 + 6 * near,
      run0 + 5 * near,
    ]);
    assert.deepEqual(times(show(clock, 0, [6 * near + 1, 4 * near - 1])), unplaced(2));
  });

  it('steps forward at the 16th agreeing row, which accepts all of them', () => {
    const clock = new ModelClock();
    show(clock, 0, [100]);
    const rows = show(clock, 0, range(2 ** 31, 15));
    assert.deepEqual(times(rows), unplaced(15));
    rows.push(...show(clock, 0, [2 ** 31 - 1]));
    assert.deepEqual(
      times(rows),
      [...range(2 ** 31, 15), 2 ** 31 - 1].map((orbit) => run0 + orbit),
    );
    assert.deepEqual(times(show(clock, 0, [2 ** 31 + 50])), [run0 + 2 ** 31 + 50]);
    assert.equal(clock.limitOf(0, 10), run0 + 2 ** 31 + 50 - 10);
  });

  it('begins a new run at a step back, 2^31 away included, with a floor above all that came before', () => {
    for (const step of [near + 1, 2 ** 31]) {
      const clock = new ModelClock();
      const first = 3 * 2 ** 30;
      show(clock, 0, [first]);
      const rows = show(clock, 0, new Array<number>(streakRows).fill(first - step));
      assert.deepEqual(times(rows), new Array<number>(streakRows).fill(5 * wrap + first - step));
      assert.equal(clock.runOf(4 * wrap - 1), 0);
      assert.equal(clock.runOf(4 * wrap), 1);
      assert.equal(clock.limitOf(0, 2 ** 50), 4 * wrap - 1);
    }
  });

  it('keeps orbits before the first one of a new run in that run, also across the wrap', () => {
    const clock = new ModelClock();
    show(clock, 0, [10 * near, ...range(5)]);
    const [row] = show(clock, 0, [wrap - 7]);
    assert.equal(row.timelineOrbit, 5 * wrap - 7);
    assert.equal(clock.runOf(5 * wrap - 7), 1);
  });

  it('takes a step back of more than 2^31 for a step forward', () => {
    const clock = new ModelClock();
    show(clock, 0, [2 ** 31 + 1]);
    assert.deepEqual(times(show(clock, 0, range(0)))[0], run0 + wrap);
  });

  it('ends a streak at an accepted row, so that a stuck bit between good rows never moves the clock', () => {
    const clock = new ModelClock();
    show(clock, 0, [0]);
    for (let orbit = 1; orbit < 200; orbit++) {
      assert.deepEqual(times(show(clock, 0, [orbit, orbit + 2 ** 30])), [run0 + orbit, undefined]);
    }
  });

  it('starts a new streak at a row that agrees with neither the clock nor the streak', () => {
    const clock = new ModelClock();
    show(clock, 0, [0]);
    const rows = show(clock, 0, [...range(2 ** 24, 15), 2 ** 28, ...range(2 ** 24 + 20, 15)]);
    assert.deepEqual(times(rows), unplaced(31));
    show(clock, 0, [2 ** 24 + 40]);
    assert.deepEqual(times(rows), [...range(run0 + 2 ** 24, 15), undefined, ...range(run0 + 2 ** 24 + 20, 15)]);
  });

  it('accepts a streak whole that drifts away from its first row, but older waiting rows only near that one', () => {
    const clock = new ModelClock();
    show(clock, 0, [0]);
    const start = 2 ** 26;
    const older = show(clock, 0, [start + near, 0, start + near + 1, 0, start - near, 0, start - near - 1, 0]);
    const streak = Array.from({ length: streakRows }, (_, index) => start + index * near);
    assert.deepEqual(times(show(clock, 0, streak)).at(-1), run0 + start + 15 * near);
    assert.deepEqual(
      times(older).filter((_, index) => index % 2 === 0),
      [run0 + start + near, undefined, run0 + start - near, undefined],
    );
    assert.deepEqual(times(show(clock, 0, [start + 16 * near])), [run0 + start + 16 * near]);
  });

  it('begins a run at a mark, however small the step, and once for all partitions', () => {
    const clock = new ModelClock();
    show(clock, 0, range(1000));
    show(clock, 1, range(1000));
    clock.mark(0, 'a');
    assert.deepEqual(times(show(clock, 0, [1000, 1001])), [5 * wrap + 1000, 5 * wrap + 1001]);
    assert.deepEqual(times(show(clock, 1, [1016])), [run0 + 1016]);
    clock.mark(1, 'a');
    clock.mark(0, 'a');
    assert.deepEqual(times([...show(clock, 1, [1002]), ...show(clock, 0, [1003])]), [5 * wrap + 1002, 5 * wrap + 1003]);
  });

  it('keeps rows before a mark out of its run, also where the mark was met first', () => {
    const clock = new ModelClock();
    clock.mark(0, 'a');
    assert.deepEqual(times(show(clock, 0, [1000])), [5 * wrap + 1000]);
    assert.equal(clock.runOf(5 * wrap), 1);
    assert.deepEqual(times(show(clock, 1, [1000])), [run0 + 1000]);
    clock.mark(1, 'a');
    assert.deepEqual(times(show(clock, 1, [1001])), [5 * wrap + 1001]);
  });

  it('takes no step back into the run of a mark that the partition has not had', () => {
    const clock = new ModelClock();
    for (const partition of [0, 1]) show(clock, partition, [100 * near]);
    clock.mark(0, 'a');
    show(clock, 0, [0]);
    const rows = show(clock, 1, range(0));
    assert.equal(clock.runOf(rows[0].timelineOrbit ?? 0), 2);
  });

  it('gives up what waits at a mark, and lets other partitions wait for 16 rows far from its run', () => {
    const clock = new ModelClock();
    show(clock, 0, [0]);
    show(clock, 1, [0]);
    const waiting = show(clock, 1, range(2 ** 30, 15));
    clock.mark(0, 'a');
    clock.mark(1, 'a');
    show(clock, 0, [0]);
    const rows = show(clock, 1, range(2 ** 29, 15));
    assert.deepEqual(times(waiting), range(2 ** 30 - wrap, 15));
    assert.deepEqual(times(rows), unplaced(15));
    show(clock, 1, [2 ** 29 + 15]);
    assert.deepEqual(times(rows), range(5 * wrap + 2 ** 29, 15));
  });

  it('lets a second partition join the run that the first one has begun', () => {
    const clock = new ModelClock();
    show(clock, 0, [near * 100, ...range(50)]);
    const late = show(clock, 1, [near * 100]);
    assert.equal(late[0].timelineOrbit, run0 + near * 100);
    assert.deepEqual(times(show(clock, 1, range(45))), range(5 * wrap + 45));
    show(clock, 0, range(near * 50));
    assert.equal(clock.runOf(clock.limitOf(0, 0)), 1);
    show(clock, 0, range(7));
    assert.equal(clock.runOf(clock.limitOf(0, 0)), 2);
    show(clock, 1, [...range(near * 50), ...range(3)]);
    assert.equal(clock.limitOf(1, 0), clock.limitOf(0, 0) - 4);
  });

  it('goes from run to run one at a time in a partition that lags', () => {
    const clock = new ModelClock();
    show(clock, 0, [near * 100]);
    show(clock, 1, [near * 100]);
    show(clock, 0, [...range(near * 50), ...range(0)]);
    show(clock, 1, range(near * 50));
    assert.equal(clock.runOf(clock.limitOf(1, 0)), 1);
    show(clock, 1, range(0));
    assert.equal(clock.runOf(clock.limitOf(1, 0)), 2);
  });

  it('places a partition that joins a run by the largest orbit of that run, however long it is', () => {
    const clock = new ModelClock();
    show(clock, 0, [2 ** 31]);
    show(clock, 1, [2 ** 31]);
    show(clock, 0, [...range(0), ...range(3 * 2 ** 29), ...range(3 * 2 ** 30)]);
    assert.equal(clock.limitOf(0, 0), 5 * wrap + 3 * 2 ** 30 + 15);
    show(clock, 1, range(2 ** 30 - 10));
    assert.equal(clock.limitOf(1, 0), 5 * wrap + wrap + 2 ** 30 - 10 + 15);
  });

  it('joins the first row of a partition to the oldest run that reaches it', () => {
    const clock = new ModelClock();
    show(clock, 0, [near * 4, ...range(0)]);
    assert.deepEqual(times(show(clock, 1, [near * 3])), [run0 + near * 3]);
    assert.deepEqual(times(show(clock, 2, [near * 5])), [run0 + near * 5]);
    assert.deepEqual(times(show(clock, 3, [near])), [5 * wrap + near]);
    assert.deepEqual(times(show(clock, 4, [near * 6 + 1])), [undefined]);
    const overlapping = new ModelClock();
    show(overlapping, 0, [near * 1.5, ...range(0)]);
    assert.deepEqual(times(show(overlapping, 1, [near])), [run0 + near]);
  });

  it('holds the first rows of a partition against the newest clock of the lane when no run reaches them', () => {
    const clock = new ModelClock();
    show(clock, 0, [near * 100, ...range(near * 50)]);
    assert.equal(clock.limitOf(1, 0), -Infinity);
    assert.deepEqual(times(show(clock, 1, range(near * 60))), range(5 * wrap + near * 60));
    assert.deepEqual(times(show(clock, 2, range(near * 40))), range(8 * wrap + near * 40));
  });

  it('releases a row that lies in reach of two runs to the newer one', () => {
    const clock = new ModelClock();
    show(clock, 0, [near * 2.5, ...range(near)]);
    const [waiting] = show(clock, 0, [near * 2 + 16]);
    assert.equal(waiting.timelineOrbit, undefined);
    show(clock, 0, [near + 100]);
    clock.releaseAll();
    assert.equal(waiting.timelineOrbit, 5 * wrap + near * 2 + 16);
  });

  it('lets a partition join a run that reaches it after its first rows had to wait, and these rows with it', () => {
    const clock = new ModelClock();
    show(clock, 0, [0]);
    const waiting = show(clock, 1, range(near * 2, 3));
    show(clock, 0, [near]);
    assert.deepEqual(times(show(clock, 1, [near * 2])), [run0 + near * 2]);
    assert.deepEqual(times(waiting), [run0 + near * 2, run0 + near * 2 + 1, run0 + near * 2 + 2]);
  });

  it('gives a row up after 65,536 further rows of its partition: it is late whatever is closed', () => {
    const clock = new ModelClock();
    show(clock, 0, [near * 100, ...range(0)]);
    const [old, far] = show(clock, 0, [near * 100 - 7, near * 300]);
    show(clock, 1, range(0, waitRows));
    show(clock, 0, new Array<number>(waitRows - 2).fill(20));
    assert.equal(old.timelineOrbit, undefined);
    show(clock, 0, [20]);
    assert.equal(old.timelineOrbit, near * 100 - 7 - wrap);
    assert.equal(far.timelineOrbit, undefined);
    show(clock, 0, [20]);
    assert.equal(far.timelineOrbit, near * 300 - wrap);
    assert.deepEqual(times(show(clock, 0, [21])), [5 * wrap + 21]);
    assert.equal(clock.limitOf(0, 0), 5 * wrap + 21);
  });
});
