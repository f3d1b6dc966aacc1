import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  alarmHeight,
  BinomialIncrement,
  Detector,
  gaussianIncrement,
  PoissonIncrement,
} from '../../src/quality/detector.js';
import {
  channelEfficiencyBand,
  channelReturns,
  layerEfficiencyAlone,
  neighbourBands,
  rateBands,
  triggerMatchBand,
} from '../../src/quality/bands.js';
import { movedSlotRate } from '../../src/quality/reference-bounds.js';
import { RandomSource } from '../helpers/random/random-source.js';

const slotS = 0.0057024;
const lookSlots = 176;
const lookS = lookSlots * slotS;
/** Height of the table of delays in docs/quality.md. */
const height = 18.4;

/** Shares of slots of a channel with a rate of so many Hz. */
function shareOf(hz: number): number {
  return -Math.expm1(-hz * slotS);
}

/** E[exp(increment)] of a number of trials with a share, summed exactly. */
function binomialMean(increment: BinomialIncrement, m: number, share: number): number {
  let mean = 0;
  let logChoose = 0;
  for (let n = 0; n <= m; n++) {
    const successes = n === 0 ? 0 : n * Math.log(share);
    const failures = n === m ? 0 : (m - n) * Math.log1p(-share);
    mean += Math.exp(logChoose + successes + failures + increment.of(n, m));
    logChoose += Math.log((m - n) / (n + 1));
  }
  return mean;
}

function poissonMean(increment: PoissonIncrement, mean: number, times: number): number {
  const rate = times * mean;
  let sum = 0;
  let logProbability = -rate;
  for (let n = 0; n < rate + 50 * Math.sqrt(rate) + 200; n++) {
    sum += Math.exp(logProbability + increment.of(n, mean));
    logProbability += Math.log(rate / (n + 1));
  }
  return sum;
}

/** Edge, alternative, and whether what is accepted lies above the edge. */
const shareTests: readonly (readonly [edge: number, alternative: number])[] = [
  ...[0.1, 1, 20].flatMap((hz) => [
    [shareOf(0.7 * hz), shareOf(0.1 * hz)] as const,
    [shareOf(1.4 * hz), shareOf(2.5 * hz)] as const,
  ]),
  ...[1, 2, 3, 4].flatMap((m) =>
    Object.values(neighbourBands).map(
      ({ edge, alternative }) => [edge / (edge + m), alternative / (alternative + m)] as const,
    ),
  ),
  ...[channelEfficiencyBand, layerEfficiencyAlone, triggerMatchBand].map(
    (band) => [band.edge, band.alternative] as const,
  ),
];

describe('a detector', () => {
  it('has increments whose exponentials are at most 1 on average, for every share of the band', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shareTests),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 400 }),
        ([edge, alternative], part, m) => {
          const share = edge > alternative ? edge + part * (1 - edge) : part * edge;
          const mean = binomialMean(new BinomialIncrement(edge, alternative), m, share);
          assert.ok(mean <= 1 + 1e-9, `${edge} -> ${alternative} at ${share} of ${m}: ${mean}`);
        },
      ),
    );
  });

  it('has 1 at the edge itself, so that nothing is given away, and more beyond', () => {
    for (const [edge, alternative] of shareTests) {
      const increment = new BinomialIncrement(edge, alternative);
      assert.ok(Math.abs(binomialMean(increment, lookSlots, edge) - 1) < 1e-9);
      assert.ok(binomialMean(increment, lookSlots, alternative) > 1);
    }
  });

  it('has them for rates, also with a divisor, and for values with a Gaussian error', () => {
    for (const dispersion of [1, 3]) {
      for (const { edge, alternative } of Object.values(rateBands)) {
        const increment = new PoissonIncrement(edge, alternative, dispersion);
        for (let part = 0; part <= 10; part++) {
          const times = edge > alternative ? edge + 0.2 * part : (part / 10) * edge;
          const mean = poissonMean(increment, 40, times);
          assert.ok(mean <= 1 + 1e-9, `${times}: ${mean}`);
        }
        if (dispersion === 1) assert.ok(Math.abs(poissonMean(increment, 40, edge) - 1) < 1e-9);
      }
    }
    // The mean of exp(c (x - x0)) with x Gaussian: exp(c (mean - x0) + c^2 s^2 / 2).
    for (const [edge, alternative] of [
      [3, 10],
      [4, 12],
    ]) {
      for (const variance of [0.5, 2, 9]) {
        const slope =
          gaussianIncrement(1, variance, edge, alternative) - gaussianIncrement(0, variance, edge, alternative);
        const meanAt = (mean: number): number =>
          Math.exp(gaussianIncrement(mean, variance, edge, alternative) + (slope ** 2 * variance) / 2);
        assert.ok(Math.abs(meanAt(edge) - 1) < 1e-9);
        assert.ok(meanAt(0) < 1 && meanAt(edge + 0.1) > 1);
      }
    }
  });

  it('says what it expects at the alternative, so that OK is said only where a fault would be seen', () => {
    for (const [edge, alternative] of shareTests) {
      const increment = new BinomialIncrement(edge, alternative);
      const divergence =
        alternative * Math.log(alternative / edge) + (1 - alternative) * Math.log((1 - alternative) / (1 - edge));
      assert.ok(Math.abs(increment.expected(50) - 50 * divergence) < 1e-6);
    }
  });

  it('runs for e^h looks on average at the edge of the band, at least', () => {
    const looks = 1_000_000;
    const random = new RandomSource(591);
    for (const { m, edge, alternative } of [
      { m: lookSlots, edge: shareOf(0.7), alternative: shareOf(0.1) },
      { m: lookSlots, edge: shareOf(1.4), alternative: shareOf(2.5) },
      { m: 2, edge: channelEfficiencyBand.edge, alternative: channelEfficiencyBand.alternative },
    ]) {
      const increment = new BinomialIncrement(edge, alternative);
      const table = cumulative(m, edge);
      const detectors = [3, 5].map((limit) => ({ limit, detector: new Detector(), alarms: 0 }));
      for (let look = 0; look < looks; look++) {
        const more = increment.of(drawn(table, random), m);
        for (const one of detectors) {
          one.detector.add(more);
          if (one.detector.height < one.limit) continue;
          one.alarms++;
          one.detector.height = 0;
        }
      }
      for (const { limit, alarms } of detectors) {
        assert.ok(alarms > 0, `no alarm at ${limit}: nothing was tested`);
        assert.ok(looks / alarms >= Math.exp(limit), `${edge}, ${limit}: ${looks / alarms}`);
      }
    }
  });

  it('alarms at a height that keeps the budget of all detectors', () => {
    assert.equal(alarmHeight(1334, 1).toFixed(4), '18.5627');
    assert.equal(alarmHeight(784, 1).toFixed(4), '18.0312');
    assert.equal(alarmHeight(21_314, 1).toFixed(4), '21.3339');
    // A day of looks, each with a chance of e^-h at most.
    assert.ok(Math.abs(86_400 * 1334 * Math.exp(-alarmHeight(1334, 0.5)) - 0.5) < 1e-9);
  });

  const delays: readonly (readonly [fault: string, times: number, seconds: readonly number[]])[] = [
    ['dead', 0, [300, 61, 31, 7, 2]],
    ['x 10', 10, [38, 8, 4.5, 1, 1]],
    ['x 3', 3, [270, 56, 28, 6, 2]],
    ['x 2', 2, [2100, 380, 200, 41, 12]],
    ['x 0.3', 0.3, [1850, 400, 220, 53, 16]],
  ];
  for (const [fault, times, seconds] of delays) {
    it(`finds a channel that is ${fault} as late as docs/quality.md says, to 15 %`, () => {
      [0.1, 0.5, 1, 5, 20].forEach((hz, index) => {
        const found = medianDelay(hz, times);
        const within = 0.15 * seconds[index] + lookS;
        assert.ok(
          Math.abs(found - seconds[index]) <= within,
          `${fault} at ${hz} Hz: ${found} s, not ${seconds[index]}`,
        );
      });
    });
  }

  it('assumes a reference moved by its error, to the side of fewer alarms', () => {
    const [slots, active] = [Math.round(600 / slotS), 600];
    const known = -Math.log1p(-active / slots) / slotS;
    assert.ok(Math.abs(movedSlotRate(active, slots, slotS, 'low') / known - (1 - 3 / Math.sqrt(active))) < 0.002);
    assert.ok(
      Math.abs(movedSlotRate(active, slots, slotS, 'high') / known - (1 + 3 / Math.sqrt(active) + 3 / active)) < 0.002,
    );
    // The way back is beyond what raises an alarm: a channel cannot do both.
    for (const side of ['low', 'high'] as const) assert.ok(channelReturns[side].returnTo === 1);
  });
});

/** Median of the live seconds from a change of the rate, after a healthy time, to the alarm. */
function medianDelay(hz: number, times: number): number {
  const random = new RandomSource(Math.round(1000 * hz * (times + 1)));
  const increment =
    times < 1
      ? new BinomialIncrement(shareOf(0.7 * hz), shareOf(0.1 * hz))
      : new BinomialIncrement(shareOf(1.4 * hz), shareOf(2.5 * hz));
  const healthy = cumulative(lookSlots, shareOf(hz));
  const faulty = cumulative(lookSlots, shareOf(times * hz));
  const delays: number[] = [];
  for (let trial = 0; trial < 601; trial++) {
    const detector = new Detector();
    for (let look = 0; look < 300; look++) detector.add(increment.of(drawn(healthy, random), lookSlots));
    let looks = 0;
    while (detector.height < height) {
      detector.add(increment.of(drawn(faulty, random), lookSlots));
      looks++;
    }
    delays.push(looks * lookS);
  }
  delays.sort((one, other) => one - other);
  return delays[300];
}

/** Distribution function of the number of successes. */
function cumulative(m: number, share: number): readonly number[] {
  const table: number[] = [];
  let [sum, logChoose] = [0, 0];
  for (let n = 0; n <= m; n++) {
    const successes = n === 0 ? 0 : n * Math.log(share);
    sum += Math.exp(logChoose + successes + (m - n) * Math.log1p(-share));
    table.push(sum);
    logChoose += Math.log((m - n) / (n + 1));
  }
  return table;
}

function drawn(table: readonly number[], random: RandomSource): number {
  const uniform = random.uint32() / 2 ** 32;
  let n = 0;
  while (n < table.length - 1 && table[n] <= uniform) n++;
  return n;
}
