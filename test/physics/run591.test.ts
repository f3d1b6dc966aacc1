import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { BoxFit } from '../../src/domain/physics-message.js';
import { segmentTotals } from '../../src/physics/segment-counts.js';
import { run591Absent, run591Words } from '../helpers/run591.js';
import { type Drift, countEvents } from './run591-count.js';
import { type OrbitHits, orbitsOf } from './run591-events.js';

const words = run591Words();

describe('run 591, with the values of examples/run591.yaml', { skip: words === undefined && run591Absent }, () => {
  let orbits: readonly OrbitHits[];

  before(() => {
    if (words !== undefined) orbits = orbitsOf(words);
  });

  it('has the segments, references, drift times and probes that docs/physics.md states', () => {
    const found = countEvents(orbits, [365, 365, 365, 365]);
    assert.deepEqual(found.times, [874, 1303, 1428, 1388]);
    assert.deepEqual(found.references, [2663, 2443, 2540, 2518]);
    assert.deepEqual(found.drift.map(shares), ['67/5092/95', '112/4906/145', '189/6096/214', '119/5769/113']);
    assertWidths(found.boxes, [355.9, 352.8, 350.7, 349.1]);
    const totals = [0, 1, 2, 3].map((chamber) => segmentTotals(found.counts.values, chamber));
    assert.deepEqual(
      totals.map(({ events }) => events),
      [2656, 2435, 2533, 2513],
    );
    assert.deepEqual(
      totals.map(({ four }) => four),
      [532, 710, 958, 886],
    );
    assert.deepEqual(
      totals.map(({ three }) => three),
      [
        [42, 157, 200, 147],
        [56, 98, 70, 59],
        [120, 79, 61, 77],
        [103, 76, 64, 124],
      ],
    );
    assert.deepEqual(
      totals.map(({ busy }) => busy),
      [0, 0, 0, 0],
    );
    assert.deepEqual(totals[0].residual[0], { n: 532, sum_um: -28_096, sum2_um2: 61_034_294 });
    const probes = (chamber: number, channel: number): string => {
      const { probe_pass, probe_fail } = totals[chamber];
      return `${chamber}:${channel} ${probe_pass[channel]}/${probe_pass[channel] + probe_fail[channel]}`;
    };
    const dead = [11, 13, 29, 33, 38, 51, 54].map((channel) => probes(0, channel));
    assert.deepEqual(
      [...dead, probes(3, 59), probes(1, 2), probes(2, 8)],
      [
        '0:11 0/31',
        '0:13 0/25',
        '0:29 0/46',
        '0:33 0/49',
        '0:38 0/55',
        '0:51 0/49',
        '0:54 0/52',
        '3:59 1/59',
        '1:2 7/34',
        '2:8 11/42',
      ],
    );
  });

  it('has the same references and drift times with the offsets that its chambers measure', () => {
    const found = countEvents(orbits, [365, 366.5, 360.4, 362]);
    assert.deepEqual(found.times, [874, 1303, 1428, 1388]);
    assert.deepEqual(found.references, [2663, 2443, 2540, 2518]);
    assert.deepEqual(found.drift.map(shares), ['67/5092/95', '112/4906/145', '189/6096/214', '119/5769/113']);
    assertWidths(found.boxes, [354.9, 352.7, 350.3, 349.7]);
  });
});

/** Boxes of good fits whose widths are those of another program to a part of their errors of 2 ns. */
function assertWidths(boxes: readonly BoxFit[], widthsNs: readonly number[]): void {
  for (const [chamber, { status, width_ns, width_err, v_eff_um_ns }] of boxes.entries()) {
    assert.equal(status, 'ok');
    assert.ok(Math.abs((width_ns ?? NaN) - widthsNs[chamber]) < 1, `${chamber}: ${width_ns}`);
    assert.ok(Math.abs((width_err ?? NaN) - 2.1) < 0.4, `${chamber}: ${width_err}`);
    assert.ok(Math.abs((v_eff_um_ns ?? NaN) - 59.6) < 0.7, `${chamber}: ${v_eff_um_ns}`);
  }
}

function shares({ under, over, counts }: Drift): string {
  return `${under}/${counts.reduce((sum, n) => sum + n, 0)}/${over}`;
}
