import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OrbitPacer, gapMsMin } from '../../../src/pipeline/produce/orbit-pacer.js';
import { debtMsMax } from '../../../src/pipeline/produce/pacer.js';
import { RowTable, rowFlag } from '../../../src/pipeline/produce/row-table.js';

/** An orbit of a millisecond: orbits are times in ms. */
const orbitNs = 1e6;

/** Hits of these orbits; a row without an orbit where there is none. */
function tableOf(orbits: readonly (number | undefined)[]): RowTable {
  const table = new RowTable();
  table.count = orbits.length;
  orbits.forEach((orbit, row) => {
    table.orbits[row] = orbit ?? 0;
    table.flags[row] = orbit === undefined ? 0 : rowFlag.orbit | rowFlag.clock;
  });
  return table;
}

/** The pace of these rows, which begins at `startMs`. */
function startedOf(orbits: readonly (number | undefined)[], { startMs = 0, speed = 1 } = {}): OrbitPacer {
  const pacer = new OrbitPacer(orbitNs, speed);
  pacer.look(tableOf(orbits), 0);
  pacer.due(startMs);
  return pacer;
}

/** When each row is due, as the pacer says it before it is taken. */
function timesOf(pacer: OrbitPacer, rows: number): number[] {
  return Array.from({ length: rows }, () => {
    const dueMs = pacer.dueAtMs();
    pacer.take(1);
    return dueMs;
  });
}

describe('OrbitPacer', () => {
  it('has each row due when the largest orbit so far was, however late and uneven the ticks are, in any tables', () => {
    const steps = fc.array(fc.integer({ min: -300, max: 800 }), { minLength: 1, maxLength: 100 });
    const ticks = fc.array(fc.double({ min: 0.1, max: 400, noNaN: true }), { minLength: 1, maxLength: 10 });
    const first = fc.constantFrom(0, 7, 2 ** 32 - 5000);
    fc.assert(
      fc.property(steps, ticks, first, fc.constantFrom(0.5, 1, 10), fc.integer({ min: 1, max: 100 }), (...drawn) => {
        const [jumps, ticksMs, start, speed, size] = drawn;
        let reached = 0;
        let largest = 0;
        const rows = jumps.map((jump) => {
          const orbit = Math.max(0, reached + jump);
          reached = orbit;
          largest = Math.max(largest, orbit);
          return { orbit: (start + orbit) % 2 ** 32, dueMs: largest / speed };
        });
        // Orbits count from that of the first row.
        const firstMs = rows[0].dueMs;
        const pacer = new OrbitPacer(orbitNs, speed);
        let nowMs = 1000;
        let taken = 0;
        for (let tick = 0; taken < rows.length; tick++) {
          for (let due = Infinity; due > 0 && taken < rows.length;) {
            const from = taken - (taken % size);
            pacer.look(tableOf(rows.slice(from, from + size).map(({ orbit }) => orbit)), taken - from);
            due = pacer.due(nowMs);
            pacer.take(due);
            taken += due;
          }
          const sinceMs = nowMs - 1000;
          assert.ok(taken === 0 || rows[taken - 1].dueMs - firstMs <= sinceMs + 1e-3, 'a row is early');
          assert.ok(taken === rows.length || rows[taken].dueMs - firstMs > sinceMs - 1e-3, 'a row is late');
          nowMs += ticksMs[tick % ticksMs.length];
        }
        assert.equal(pacer.gaps, 0);
        assert.ok(Math.abs(pacer.detectorMs / speed - (largest / speed - firstMs)) < 1e-6);
      }),
    );
  });

  it('has rows without an orbit, and hits with a corrupt one, due with their neighbours', () => {
    const orbits = [5, undefined, 105, 3_000_000_000, undefined, 205, 204];
    assert.deepEqual(timesOf(startedOf(orbits), 7), [0, 0, 100, 100, 100, 200, 200]);
  });

  it('waits for a step of up to 5 s of detector time', () => {
    const pacer = startedOf([0, gapMsMin, gapMsMin + 10]);
    assert.deepEqual(timesOf(pacer, 3), [0, gapMsMin, gapMsMin + 10]);
    assert.equal(pacer.gaps, 0);
  });

  it('waits neither for a longer step nor for a new run, and goes on from there at its pace', () => {
    for (const there of [gapMsMin + 301, 1_000_000]) {
      for (const [before, after] of [
        [1000, 1000 + there],
        [2_000_000 + there, 2_000_000],
      ] as const) {
        // prettier-ignore
        const streak = Array.from({ length: 16 }, (_, row) => after + row);
        const pacer = startedOf([before, before + 300, ...streak, after + 115], { startMs: 50 });
        const times = timesOf(pacer, 17);
        assert.deepEqual(times, [50, ...Array.from({ length: 16 }, () => 350)]);
        assert.equal(pacer.gaps, 0);
        // The hits that proved the gap took 15 ms; then the schedule is as it was.
        assert.deepEqual(timesOf(pacer, 2), [365, 465]);
        assert.deepEqual([pacer.gaps, pacer.detectorMs], [1, 415]);
      }
    }
  });

  it('makes up for time lost up to its limit and gives up the rest', () => {
    const pacer = startedOf([0, 1000, 20_000].map((orbit) => orbit / 4), { speed: 0.25 }); // prettier-ignore
    pacer.take(1);
    assert.equal(pacer.due(1000 + debtMsMax + 3000), 1);
    assert.equal(pacer.debtGivenUpMs, 3000);
    pacer.take(1);
    assert.equal(pacer.dueAtMs(), 23_000);
  });

  it('owes nothing for rows that did not exist', () => {
    const pacer = startedOf([0, 100]);
    pacer.take(1);
    pacer.forgive(5100, 100);
    assert.equal(pacer.dueAtMs(), 5000);
    assert.equal(pacer.inputWaitMs, 4900);
  });
});
