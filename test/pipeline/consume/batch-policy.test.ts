import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BatchPolicy, type CloseReason, type BatchState } from '../../../src/pipeline/consume/batch-policy.js';

const batchRows = 10;
const batchIntervalMs = 100;

/** Rows that come together, so long after those before. */
interface Arrival {
  readonly afterMs: number;
  readonly rows: number;
}

/** A batch that has closed, and when its first row had come. */
interface Closed {
  readonly reason: CloseReason;
  readonly atMs: number;
  readonly openedMs: number | undefined;
  readonly rows: number;
}

/**
 * A lane with a clock of its own, which goes on by what the policy says, or to the next arrival: each row is decoded as
 * it comes, and what a batch leaves comes into the next one.
 */
function closedBatches(
  arrivals: readonly Arrival[],
  { carried = 0, backlogRows = 0, endMs = Infinity }: { carried?: number; backlogRows?: number; endMs?: number },
): Closed[] {
  const backlog = backlogRows === 0 ? undefined : new Map([[0, backlogRows]]);
  const policy = new BatchPolicy({ batchRows, batchIntervalMs, backlog });
  const coming = [...arrivals];
  const closed: Closed[] = [];
  let [nowMs, rowsReady, read] = [0, 0, 0];
  let openedMs: number | undefined;
  let comesMs = coming[0]?.afterMs ?? Infinity;
  const lastMs = arrivals.reduce((sum, { afterMs }) => sum + afterMs, 0) + 3 * batchIntervalMs;
  while (nowMs <= lastMs) {
    while (comesMs <= nowMs) {
      const rows = coming.shift()?.rows ?? 0;
      rowsReady += rows;
      read += rows;
      openedMs ??= nowMs;
      comesMs += coming[0]?.afterMs ?? Infinity;
    }
    const hasEnded = nowMs >= endMs && coming.length === 0;
    const state: BatchState = { nowMs, openedMs, rowsReady, carried, hasEnded, positions: () => new Map([[0, read]]) };
    const step = policy.next(state);
    if (step.close === undefined) {
      assert.ok(step.waitMs > 0 && step.waitMs <= batchIntervalMs, `waits ${step.waitMs} ms`);
      nowMs = Math.min(nowMs + step.waitMs, comesMs);
      continue;
    }
    const rows = step.close === 'idle' ? 0 : Math.min(rowsReady, batchRows);
    closed.push({ reason: step.close, atMs: nowMs, openedMs, rows });
    if (step.close === 'end') break;
    rowsReady -= rows;
    openedMs = rowsReady > 0 ? nowMs : undefined;
  }
  return closed;
}

const arrivalsOf = fc.array(fc.record({ afterMs: fc.nat(250), rows: fc.integer({ min: 1, max: 25 }) }), {
  minLength: 1,
  maxLength: 30,
});

describe('BatchPolicy', () => {
  it('closes a batch when it is full, else at the end of its interval', () => {
    fc.assert(
      fc.property(arrivalsOf, (arrivals) => {
        for (const { reason, atMs, openedMs = NaN, rows } of closedBatches(arrivals, {})) {
          assert.ok(rows > 0);
          if (rows === batchRows) assert.equal(reason, 'rows');
          else assert.deepEqual([reason, atMs - openedMs], ['interval', batchIntervalMs]);
        }
      }),
    );
  });

  it('leaves no row out', () => {
    fc.assert(
      fc.property(arrivalsOf, fc.nat(50), fc.nat(3), (arrivals, backlogRows, carried) => {
        const rows = arrivals.reduce((sum, arrival) => sum + arrival.rows, 0);
        const closed = closedBatches(arrivals, { backlogRows, carried });
        assert.equal(closed.reduce((sum, batch) => sum + batch.rows, 0), rows); // prettier-ignore
      }),
    );
  });

  it('closes the first batch, and no other, when what was there is read', () => {
    fc.assert(
      fc.property(arrivalsOf, fc.integer({ min: 1, max: 60 }), (arrivals, backlogRows) => {
        const closed = closedBatches(arrivals, { backlogRows });
        const reasons = closed.map(({ reason }) => reason);
        assert.ok(!reasons.slice(1).includes('caught up'));
        const [first] = closed;
        const isAtOnce = arrivals[0].rows >= backlogRows && arrivals[0].rows < batchRows && arrivals[1]?.afterMs !== 0;
        if (isAtOnce) assert.deepEqual([first.reason, first.atMs], ['caught up', first.openedMs]);
      }),
    );
  });

  it('looks for idle partitions once an interval while no row comes and hits are open', () => {
    fc.assert(
      fc.property(arrivalsOf, fc.boolean(), (arrivals, isCarrying) => {
        const closed = closedBatches(arrivals, { carried: isCarrying ? 5 : 0 });
        const idle = closed.filter(({ reason }) => reason === 'idle');
        assert.ok(isCarrying ? idle.length > 0 : idle.length === 0);
        for (const { openedMs } of idle) assert.equal(openedMs, undefined);
        closed.forEach(({ reason, atMs }, at) => {
          if (reason === 'idle') assert.ok(atMs - (closed[at - 1]?.atMs ?? 0) >= batchIntervalMs);
        });
      }),
    );
  });

  it('ends when all is read, after the batches that are full', () => {
    fc.assert(
      fc.property(arrivalsOf, (arrivals) => {
        const closed = closedBatches(arrivals, { endMs: 0 });
        assert.equal(closed.at(-1)?.reason, 'end');
        assert.ok((closed.at(-1)?.rows ?? 0) < batchRows);
      }),
    );
  });
});
