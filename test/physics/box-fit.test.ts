import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import jStat from 'jstat';
import type { BoxFit } from '../../src/domain/physics-message.js';
import { fitBox } from '../../src/physics/box-fit.js';
import type { DriftHistogram } from '../../src/physics/drift-histogram.js';
import { RandomSource } from '../helpers/random/random-source.js';

const velocityUmNs = 53.8;
const widthNs = 21_000 / velocityUmNs;
const tickNs = 25 / 30;
const offsetNs = -249.85;

/** Drift times as simulated: a flat box, measured to 3 ns, 8 % afterpulses, in ticks; without anything out of range. */
function simulated(random: RandomSource, entries: number): DriftHistogram {
  const uniform = (): number => random.uint32() / 2 ** 32;
  const bell = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const counts = new Array<number>(400).fill(0);
  const tickFirst = Math.round(offsetNs / tickNs + 0.5);
  const shiftNs = offsetNs - (tickFirst - 0.5) * tickNs;
  let taken = 0;
  const fill = (ns: number): void => {
    // Both times are rounded down to ticks, the trigger's phase is any.
    const phase = uniform();
    const bin = Math.floor((Math.floor((ns - shiftNs) / tickNs + phase) - tickFirst) / 3);
    if (bin < 0 || bin >= 400) return;
    counts[bin]++;
    taken++;
  };
  while (taken < entries) {
    const ns = uniform() * widthNs + 3 * bell();
    fill(ns);
    if (uniform() < 0.08) fill(ns + 150 + 450 * uniform());
  }
  return { counts, offsetNs, binNs: 3 * tickNs };
}

interface Study {
  readonly bias: number;
  readonly rms: number;
  readonly pull: number;
  /** Share of the fits within 1 %. */
  readonly within: number;
  readonly meanRise: number;
}

function study(entries: number, fits: number): Study {
  const random = new RandomSource(entries);
  const widths: BoxFit[] = [];
  let within = 0;
  for (let index = 0; index < fits; index++) {
    const fit = fitBox(simulated(random, entries), velocityUmNs);
    if (fit.width_ns !== null) widths.push(fit);
    if (fit.width_ns !== null && Math.abs(fit.width_ns / widthNs - 1) < 0.01) within++;
  }
  const mean = (of: (fit: BoxFit) => number): number => widths.reduce((sum, fit) => sum + of(fit), 0) / widths.length;
  const away = ({ width_ns }: BoxFit): number => (width_ns ?? NaN) - widthNs;
  return {
    bias: mean(away),
    rms: Math.sqrt(mean((fit) => away(fit) ** 2)),
    pull: Math.sqrt(mean((fit) => (away(fit) / (fit.width_err ?? NaN)) ** 2)),
    within: within / fits,
    meanRise: mean(({ rise_ns }) => rise_ns ?? NaN),
  };
}

describe('the fit of a time box', () => {
  it('finds the width without bias and with true errors', () => {
    for (const [entries, rms] of [
      [2_000, 1.7],
      [3_000, 1.2],
      [10_000, 0.8],
      [50_000, 0.3],
    ]) {
      const fits = entries < 50_000 ? 1_000 : 100;
      const found = study(entries, fits);
      const text = `${entries} entries: ${JSON.stringify(found)}`;
      const biasError = rms / Math.sqrt(fits);
      assert.ok(Math.abs(found.bias) < 0.2 + 3 * biasError, text);
      assert.ok(found.rms < 1.35 * rms && found.rms > 0.65 * rms, text);
      assert.ok(found.pull > 0.85 && found.pull < 1.3, text);
      if (entries >= 3_000) assert.ok(found.within >= 0.98, text);
      assert.ok(Math.abs(found.meanRise) < 0.3, text);
    }
  });

  it('is the most likely of a fine grid of both levels, edge and width', () => {
    const random = new RandomSource(5);
    for (const entries of [2_000, 20_000]) {
      const histogram = simulated(random, entries);
      const fit = fitBox(histogram, velocityUmNs);
      assert.ok(fit.rise_ns !== null && fit.sigma_rise !== null);
      const first = Math.round((fit.rise_ns - 60 - histogram.offsetNs) / histogram.binNs);
      // The window depends on where the edge was looked for: one of those around it.
      const found = [-2, -1, 0, 1, 2].map((shift) => gridEdge(histogram, first + shift, fit.rise_ns ?? NaN));
      const nearest = Math.min(...found.map(({ edgeNs }) => Math.abs(edgeNs - (fit.rise_ns ?? NaN))));
      assert.ok(nearest < 0.05, `${fit.rise_ns}: ${found.map(({ edgeNs }) => edgeNs).join(' ')}`);
    }
  });

  it('says what is wrong with other histograms', () => {
    const random = new RandomSource(3);
    const box = simulated(random, 5_000);
    const status = (counts: readonly number[], velocity = velocityUmNs): string =>
      fitBox({ ...box, counts }, velocity).status;
    assert.equal(status(box.counts), 'ok');
    assert.equal(status(simulated(random, 999).counts), 'few');
    assert.equal(status(new Array<number>(400).fill(0)), 'few');
    assert.equal(status(new Array<number>(400).fill(20)), 'no_box');
    assert.equal(status(box.counts, 20), 'no_box');
    assert.equal(status(box.counts, 100), 'no_box');
    // Edges that take 80 ns.
    const ramps = box.counts.map((_, bin) =>
      Math.round(60 * Math.max(0, Math.min(1, (80 - Math.abs(bin - 180)) / 32))),
    );
    assert.equal(status(ramps), 'smeared');
    // Every fifth bin holds twice as much as the others: bins that are no whole ticks.
    assert.equal(status(simulated(random, 20_000).counts.map((n, bin) => (bin % 5 === 0 ? 2 * n : n))), 'poor');
    const sharp = box.counts.map((_, bin) => (bin >= 100 && bin < 256 ? 50 : 1));
    assert.equal(status(sharp), 'sigma_limit');
  });

  it('moves with the hits', () => {
    const box = simulated(new RandomSource(4), 5_000);
    const one = fitBox(box, velocityUmNs);
    const other = fitBox({ ...box, offsetNs: box.offsetNs + 12 }, velocityUmNs);
    assert.ok(one.rise_ns !== null && other.rise_ns !== null && other.t_trig_ns !== null);
    assert.ok(Math.abs(other.rise_ns - one.rise_ns - 12) < 0.02);
    assert.equal(other.t_trig_ns, -other.rise_ns);
    assert.ok(one.width_ns !== null && one.v_eff_um_ns === 21_000 / one.width_ns);
  });
});

/** The edge by a grid that closes in: bins from `first` on, each the mean of the model at two points of Gauss. */
function gridEdge({ counts, offsetNs, binNs }: DriftHistogram, first: number, startNs: number): { edgeNs: number } {
  const bins = counts.slice(first, first + 48);
  const middle = (bin: number): number => offsetNs + binNs * (first + bin + 0.5);
  const likelihood = ([edgeNs, logSigma, logHeight, logBackground]: readonly number[]): number => {
    const [sigma, height, background] = [logSigma, logHeight, logBackground].map(Math.exp);
    let sum = 0;
    for (let bin = 0; bin < bins.length; bin++) {
      let mean = 0;
      for (const at of [-1, 1]) {
        const z = (middle(bin) + (at * binNs) / 2 / Math.sqrt(3) - edgeNs) / sigma / Math.SQRT2;
        mean += (binNs / 2) * (background + ((height - background) * (1 + jStat.erf(z))) / 2);
      }
      sum += bins[bin] * Math.log(mean) - mean;
    }
    return sum;
  };
  const level = Math.max(...bins) / binNs;
  let center = [startNs, Math.log(5), Math.log(level), Math.log(level / 50)];
  let reach = [8, 1, 0.6, 3];
  for (let zoom = 0; zoom < 22; zoom++) {
    const steps = [-1, -0.5, 0, 0.5, 1];
    let best = center;
    let most = -Infinity;
    for (const a of steps)
      for (const b of steps)
        for (const c of steps)
          for (const d of steps) {
            const point = [a, b, c, d].map((step, index) => center[index] + step * reach[index]);
            const value = likelihood(point);
            if (value > most) [best, most] = [point, value];
          }
    center = best;
    reach = reach.map((span) => span * 0.7);
  }
  return { edgeNs: center[0] };
}
