import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Hit, hitHead } from '../../../src/domain/hit.js';
import { isHit, plain, wellFormedRows } from './read-all.js';
import { simulateRows } from '../../../src/sources/simulator/simulator.js';
import { drawLeadOrbits } from '../../../src/sources/simulator/ancillary.js';
import { Random } from '../../../src/sources/simulator/random.js';

const orbitsMax = 2 ** 32;

/** Largest number of orbits that a row is behind a hit before it. */
function disorderOf(rows: readonly Hit[]): number {
  let largest = -Infinity;
  let behind = 0;
  for (const { orbitCnt } of rows) {
    largest = Math.max(largest, orbitCnt);
    behind = Math.max(behind, largest - orbitCnt);
  }
  return behind;
}

for (const disorderOrbits of [0, 1, 600]) {
  test(`hits come at most ${disorderOrbits} orbits out of order when so asked, and nearly that much`, () => {
    const rows = wellFormedRows({ rows: 60_000, ancillaryShare: 0, disorderOrbits });
    const disorder = disorderOf(rows);
    assert.ok(disorder <= disorderOrbits && disorder >= 0.95 * disorderOrbits, `${disorder}`);
  });
}

test('ancillary rows of every kind run ahead of the hits, at most as far as asked and nearly so', () => {
  const rows = wellFormedRows({ rows: 60_000 });
  let largest = 2_500_000_000;
  let lead = 0;
  const heads = new Set<number>();
  for (const row of rows) {
    if (row.head === hitHead) largest = Math.max(largest, row.orbitCnt);
    else {
      heads.add(row.head);
      assert.ok(row.orbitCnt >= largest, 'an ancillary row is behind the hits');
      lead = Math.max(lead, row.orbitCnt - largest);
    }
  }
  const ancillary = rows.filter((row) => row.head !== hitHead);
  assert.deepEqual([...heads].sort(), [0, 1, 3, 4, 5, 6, 7]);
  assert.ok(lead <= 115_000 && lead > 110_000, `${lead}`);
  assert.ok(ancillary.some((row) => row.tdcMeas < 0) && ancillary.some((row) => !Number.isInteger(row.tdcMeas)));
  assert.ok(ancillary.some((row) => row.bxCounter > 18_000) && ancillary.every((row) => row.bxCounter <= 18_504));
});

test('a lead of zero orbits is no lead', () => {
  const random = new Random(1, 0);
  for (let index = 0; index < 1000; index++) assert.equal(drawLeadOrbits(0, random), 0);
});

test('each new run begins that many orbits below the one before, after exactly the rows asked', () => {
  const restarts = [3000, 5000];
  const rows = wellFormedRows({ ...plain, rows: 9000, restartAfterRows: [5000, 3000], restartStepOrbits: 2 ** 21 });
  const steps = rows.map((row, index) => row.orbitCnt - rows[Math.max(0, index - 1)].orbitCnt);
  steps.forEach((step, index) => {
    if (restarts.includes(index)) assert.ok(Math.abs(step + 2 ** 21) < 100, `row ${index}: ${step}`);
    else assert.ok(step >= 0, `row ${index}: ${step}`);
  });
});

test('a pause in data taking moves the counter ahead once', () => {
  const rows = wellFormedRows({ ...plain, rows: 3000, gapAfterRows: [1000] });
  const steps = rows.slice(1).map((row, index) => row.orbitCnt - rows[index].orbitCnt);
  const jumps = steps.filter((step) => step > 1000);
  assert.equal(jumps.length, 1);
  assert.ok(jumps[0] >= 2_400_000 && jumps[0] < 2_401_000);
});

test('the orbit counter passes 2^32 and goes on at 0', () => {
  const rows = wellFormedRows({ rows: 20_000, startOrbit: orbitsMax - 2000, ancillaryShare: 0 });
  const orbits = rows.map((row) => row.orbitCnt);
  assert.ok(orbits.every((orbit) => Number.isInteger(orbit) && orbit >= 0 && orbit < orbitsMax));
  assert.ok(orbits.some((orbit) => orbit > orbitsMax - 100) && orbits.some((orbit) => orbit < 100));
  const unwrapped = rows.map((row) => ({ ...row, orbitCnt: (row.orbitCnt + 2000) % orbitsMax }));
  assert.ok(disorderOf(unwrapped) <= 600);
});

test('what is mixed in leaves the hits as they are', () => {
  const shares = { ancillaryShare: 0.2, strayShare: 0.1, malformedShare: 0.2 };
  const isOfChamber = (row: Hit): boolean => row.head === hitHead && row.tdcChannel <= 128 && !isStray(row);
  const isStray = (row: Hit): boolean => row.fpga === 0 && row.tdcChannel === 128;
  const mixed = wellFormedRows({ rows: 5000, ...shares }).filter(isOfChamber);
  const alone = wellFormedRows({ rows: 5000, ancillaryShare: 0, strayShare: 0 }).slice(0, mixed.length);
  assert.ok(mixed.length > 2000);
  assert.deepEqual(mixed, alone);
});

test('garbage orbits are single hits in the share that was asked', () => {
  const options = { ...plain, rows: 20_000 };
  const good = wellFormedRows(options);
  const bad = wellFormedRows({ ...options, corruptOrbitShare: 0.01 });
  const corrupt = bad.filter((row, index) => row.orbitCnt !== good[index].orbitCnt);
  assert.ok(corrupt.length > 150 && corrupt.length < 250, `${corrupt.length}`);
  assert.deepEqual(
    bad.map((row, index) => ({ ...row, orbitCnt: good[index].orbitCnt })),
    good,
  );
});

test('malformed rows are objects with their kind and bytes', () => {
  const row = [...simulateRows({ rows: 200, malformedShare: 0.5 })].find((one) => !isHit(one));
  assert.ok(row !== undefined && !isHit(row) && row.bytes.length > 0);
});
