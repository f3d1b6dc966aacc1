import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  channelNoise,
  clopperPearsonInterval,
  emptyOrbits,
  hitRate,
  poissonUpperLimit,
  sidebandNoise,
  slotRate,
  wilsonInterval,
} from '../../src/physics/rates.js';
import { RandomSource } from '../helpers/random/random-source.js';

const orbitS = 89.1e-6;
const slotS = 64 * orbitS;

function isNear(value: number | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(
    value !== undefined && Math.abs(value - expected) <= tolerance * Math.abs(expected),
    `${value}, ${expected}`,
  );
}

describe('a rate from slots', () => {
  it('is the logarithm of the empty share, with the error of a binomial', () => {
    isNear(slotRate(176, 1760, slotS)?.hz, Math.log(1760 / 1584) / 5.7024e-3);
    // Numerical derivative of the rate times the deviation of a share.
    const rate = (share: number): number => Math.log(1 / (1 - share)) / slotS;
    const slope = (rate(0.1 + 1e-6) - rate(0.1 - 1e-6)) / 2e-6;
    isNear(slotRate(176, 1760, slotS)?.sigmaHz, slope * Math.sqrt((0.1 * 0.9) / 1760), 1e-6);
    assert.deepEqual(slotRate(0, 10, slotS), { hz: 0, sigmaHz: 0 });
    isNear(slotRate(10, 10, slotS)?.hz, Math.log(20) / slotS);
    assert.equal(slotRate(0, 0, slotS), undefined);
  });
});

describe('a rate of hits', () => {
  it('has the error that runs scatter by when hits of an orbit come together', () => {
    const random = new RandomSource(11);
    const rates = Array.from({ length: 400 }, () => {
      const active = [0, 0, 0, 0, 0];
      // 2,000 orbits with noise on average, and 300 with a muon; one hit in twelve comes again.
      for (let orbit = 0; orbit < 100_000; orbit++) {
        const one = random.below(1000) / 1000;
        if (one < 0.02) active[1]++;
        else if (one < 0.023) active[4]++;
      }
      const hits = Math.round((active[1] + 4 * active[4]) * (13 / 12));
      return hitRate(hits, active, 10) ?? { hz: NaN, sigmaHz: NaN };
    });
    const mean = rates.reduce((sum, { hz }) => sum + hz, 0) / rates.length;
    const rms = Math.sqrt(rates.reduce((sum, { hz }) => sum + (hz - mean) ** 2, 0) / rates.length);
    const sigma = rates.reduce((sum, { sigmaHz }) => sum + sigmaHz, 0) / rates.length;
    isNear(mean, (3200 * 13) / 12 / 10, 0.005);
    isNear(sigma, rms, 0.15);
    assert.deepEqual(hitRate(0, [0, 0], 10), { hz: 0, sigmaHz: 0 });
    assert.equal(hitRate(5, [0, 5], 0), undefined);
  });
});

describe('the noise of a channel', () => {
  it('is that of each of several independent channels, within 3 sigma', () => {
    const random = new RandomSource(7);
    const noiseHz = [200, 50, 400];
    const single = [0, 0, 0];
    const active = [0, 0, 0, 0];
    const slots = 20_000;
    for (let orbit = 0; orbit < 64 * slots; orbit++) {
      const hit = noiseHz.map((hz) => random.uint32() / 2 ** 32 < 1 - Math.exp(-hz * orbitS));
      const count = hit.filter(Boolean).length;
      active[count]++;
      if (count === 1) single[hit.indexOf(true)]++;
    }
    const empty = emptyOrbits(slots, 64, active);
    assert.equal(empty, active[0]);
    noiseHz.forEach((hz, channel) => {
      const noise = channelNoise(single[channel], empty, orbitS);
      assert.ok(noise !== undefined);
      isNear(noise.hz, Math.log(1 + single[channel] / empty) / orbitS);
      assert.ok(Math.abs(noise.hz - hz) < 3 * noise.sigmaHz, `${noise.hz} +- ${noise.sigmaHz}, ${hz}`);
    });
    assert.equal(channelNoise(3, 0, orbitS), undefined);
  });

  it('is also counted before the drift times', () => {
    const counts = new Array<number>(400).fill(0).fill(1, 0, 81);
    const noise = sidebandNoise({ counts, offsetNs: -249.85, binNs: 2.5 }, 1000);
    isNear(noise?.hz, 80 / (1000 * 200e-9));
    isNear(noise?.sigmaHz, Math.sqrt(80) / (1000 * 200e-9));
    assert.equal(sidebandNoise({ counts, offsetNs: -249.85, binNs: 2.5 }, 0), undefined);
    assert.equal(sidebandNoise({ counts, offsetNs: 0, binNs: 2.5 }, 10), undefined);
  });
});

describe('intervals of a share', () => {
  it('of Wilson end where the true share would be one deviation away', () => {
    for (const [passed, total] of [
      [0, 25],
      [3, 7],
      [25, 25],
      [970, 1000],
    ]) {
      const interval = wilsonInterval(passed, total);
      assert.ok(interval !== undefined);
      for (const end of [interval.low, interval.high]) {
        if (end === 0 || end === 1) assert.equal(interval.share, end);
        else isNear((passed / total - end) ** 2, (end * (1 - end)) / total, 1e-9);
      }
    }
    assert.equal(wilsonInterval(0, 0), undefined);
  });

  it('of Clopper and Pearson end where as few or as many have a chance of 2.5 %', () => {
    for (const [passed, total] of [
      [0, 31],
      [1, 59],
      [7, 34],
      [59, 60],
      [970, 1000],
    ]) {
      const interval = clopperPearsonInterval(passed, total);
      assert.ok(interval !== undefined);
      if (passed > 0) isNear(atLeast(passed, total, interval.low), 0.025, 1e-6);
      else assert.equal(interval.low, 0);
      if (passed < total) isNear(1 - atLeast(passed + 1, total, interval.high), 0.025, 1e-6);
    }
    assert.equal(clopperPearsonInterval(31, 31)?.high, 1);
    assert.equal(clopperPearsonInterval(0, 0), undefined);
  });
});

/** Probability of `passed` or more of `total`, term by term. */
function atLeast(passed: number, total: number, share: number): number {
  let logChoose = 0;
  let probability = 0;
  for (let n = 0; n <= total; n++) {
    if (n >= passed) probability += Math.exp(logChoose + n * Math.log(share) + (total - n) * Math.log1p(-share));
    logChoose += Math.log((total - n) / (n + 1));
  }
  return probability;
}

describe('an upper limit of events', () => {
  it('is the mean that gives so few or fewer in 5 % of the cases', () => {
    for (const events of [0, 1, 3, 20]) {
      const limit = poissonUpperLimit(events);
      let term = Math.exp(-limit);
      let sum = term;
      for (let n = 1; n <= events; n++) sum += term *= limit / n;
      isNear(sum, 0.05, 1e-9);
    }
  });
});
