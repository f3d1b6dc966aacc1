import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { type Geometry, defaultGeometry, wirePositionMm } from '../../../src/domain/geometry.js';
import type { Hit } from '../../../src/domain/hit.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { DtstreamError } from '../../../src/errors.js';
import type { SimulatorOptions } from '../../../src/sources/simulator/options.js';
import { simulateRows } from '../../../src/sources/simulator/simulator.js';
import { groupBy, plain, wellFormedRows } from './read-all.js';

/** Only muons, one orbit each at most, every cell and the scintillator fully efficient. */
const muonsOnly = {
  ...plain,
  muonRateHz: 100,
  noiseRateHz: 0,
  deltaRayShare: 0,
  afterpulseShare: 0,
  cellEfficiency: 1,
  scintillatorEfficiency: 1,
} as const;

function orbitsOf(rows: readonly Hit[]): Hit[][] {
  return [...groupBy(rows, (row) => row.orbitCnt).values()];
}

const nsOf = (hit: Hit): number => 25 * (hit.bxCounter + hit.tdcMeas / 30);

/** Drift times by chamber with the formula of docs/domain.md. */
function driftTimesNs(rows: readonly Hit[], geometry: Geometry): number[][] {
  const codes = wireCodes(geometry);
  const times: number[][] = geometry.chambers.map(() => []);
  const [trigger] = geometry.triggers;
  for (const orbit of orbitsOf(rows)) {
    const isTrigger = (hit: Hit): boolean => hit.fpga === trigger.fpga && hit.tdcChannel === trigger.channel;
    const startNs = Math.min(...orbit.filter(isTrigger).map(nsOf));
    if (startNs === Infinity) continue;
    for (const hit of orbit) {
      const chamber = codes[hit.fpga * 512 + hit.tdcChannel] >> 6;
      if (chamber < times.length) times[chamber].push(nsOf(hit) - startNs + geometry.chambers[chamber].t0Ns);
    }
  }
  return times;
}

const shifted: Geometry = {
  chambers: [
    { fpga: 2, channelFirst: 100, channels: 64, zMm: 0, xMm: 0, rotated: true, t0Ns: -200 },
    { fpga: 3, channelFirst: 0, channels: 64, zMm: 500, xMm: 0, rotated: false, t0Ns: 300 },
  ],
  triggers: [{ fpga: 7, channel: 511, time: true, chambers: 'all' }],
  clock: defaultGeometry.clock,
  driftVelocityUmNs: 53.8,
};

for (const [name, geometry] of [
  ['the default geometry', defaultGeometry],
  ['any t0', shifted],
] as const) {
  test(`drift times by the formula of the domain are a flat box of 0 to 390 ns with ${name}`, () => {
    const chambers = driftTimesNs(wellFormedRows({ ...muonsOnly, geometry, rows: 30_000 }), geometry);
    chambers.forEach((times, chamber) => {
      assert.ok(times.length > 3000, `chamber ${chamber}: ${times.length} drift times`);
      // Two muons in one orbit, about 1 in 100, give times outside of the box.
      const inside = times.filter((ns) => ns >= -10 && ns <= 400);
      assert.ok(inside.length > 0.985 * times.length, `chamber ${chamber}: ${inside.length} of ${times.length} inside`);
      const bins = Array.from({ length: 6 }, () => 0);
      for (const ns of inside) if (ns >= 15 && ns < 375) bins[Math.floor((ns - 15) / 60)]++;
      const flat = (inside.length * 60) / 390.33;
      bins.forEach((count, bin) =>
        assert.ok(Math.abs(count - flat) < 5 * Math.sqrt(flat), `chamber ${chamber} bin ${bin}: ${count} of ${flat}`),
      );
      const edges = inside.filter((ns) => ns < 12 || ns > 380).length;
      assert.ok(edges > 0.03 * inside.length, `chamber ${chamber}: the box is narrower than 390 ns`);
    });
  });
}

test('hits of a muon lie on a straight line in each view', () => {
  const [first, , third, fourth] = defaultGeometry.chambers;
  let residuals = 0;
  let count = 0;
  for (const orbit of orbitsOf(wellFormedRows({ ...muonsOnly, muonRateHz: 20, rows: 25_000 }))) {
    const meanOf = (chamber: typeof first): { x: number; y: number } | undefined => {
      const points = orbit
        .filter((hit) => hit.fpga === chamber.fpga && hit.tdcChannel >> 6 === chamber.channelFirst >> 6)
        .map((hit) => wirePositionMm(chamber, hit.tdcChannel & 63));
      if (points.length !== 4) return undefined;
      const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / 4;
      return { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
    };
    const [low, middle, high] = [meanOf(first), meanOf(third), meanOf(fourth)];
    if (low === undefined || middle === undefined || high === undefined) continue;
    const expected = low.x + ((high.x - low.x) * (middle.y - low.y)) / (high.y - low.y);
    residuals += (middle.x - expected) ** 2;
    count++;
  }
  assert.ok(count > 100, `${count} muons through three chambers`);
  // Wires alone, without drift times, place a chamber's crossing to a fraction of a cell.
  assert.ok(Math.sqrt(residuals / count) < 15, `${Math.sqrt(residuals / count)} mm`);
});

test('a muon at the end of an orbit carries on in the next one', () => {
  const rows = wellFormedRows({ ...muonsOnly, muonRateHz: 500, rows: 50_000 });
  let crossings = 0;
  for (let index = 1; index < rows.length; index++) {
    const [before, after] = [rows[index - 1], rows[index]];
    if (after.orbitCnt === before.orbitCnt + 1 && nsOf(before) > 88_700 && nsOf(after) < 400) crossings++;
    assert.ok(after.bxCounter <= 3563 && after.tdcMeas <= 29);
  }
  assert.ok(crossings > 5, `${crossings}`);
});

function occupancy(options: SimulatorOptions): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { fpga, tdcChannel } of wellFormedRows({ ...plain, rows: 30_000, ...options })) {
    const key = `${fpga}:${tdcChannel}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

test('a dead channel never fires, a hot one fires that much more, the others stay alike', () => {
  const usual = occupancy({ muonRateHz: 0, noiseSpread: 0 });
  const hot = [{ chamber: 2, channel: 5, factor: 20 }];
  const dead = [{ chamber: 1, channel: 3 }];
  const marked = occupancy({ muonRateHz: 0, noiseSpread: 0, hot, dead });
  const others = [...marked].filter(([wire]) => wire !== '1:5').map(([, count]) => count);
  const mean = others.reduce((sum, count) => sum + count, 0) / others.length;
  assert.equal(usual.size, 256);
  assert.equal(marked.size, 255);
  assert.equal(marked.get('0:67'), undefined);
  assert.ok(Math.abs((marked.get('1:5') ?? 0) / mean - 20) < 2);
});

test('a dead channel gives no muon hit either, nor a share of the muons past the efficiency of a cell', () => {
  const dead = [{ chamber: 0, channel: 30 }];
  assert.equal(occupancy({ ...muonsOnly, dead }).get('0:30'), undefined);
  const full = occupancy(muonsOnly);
  const half = occupancy({ ...muonsOnly, cellEfficiency: 0.5 });
  const perMuon = (counts: Map<string, number>): number => 30_000 / (counts.get('1:128') ?? 0) - 1;
  assert.ok(Math.abs(perMuon(half) / perMuon(full) - 0.5) < 0.02);
});

test('noise is as frequent as asked', () => {
  const rows = wellFormedRows({ ...plain, muonRateHz: 0, noiseRateHz: 10, afterpulseShare: 0, rows: 50_000 });
  const seconds = (rows[rows.length - 1].orbitCnt - rows[0].orbitCnt) * 89.1e-6;
  assert.ok(Math.abs(rows.length / seconds / 2560 - 1) < 0.15, `${rows.length / seconds} hits/s`);
});

test('muons are as frequent as asked and cross one to all chambers', () => {
  const rows = wellFormedRows({ ...muonsOnly, rows: 30_000 });
  const seconds = (rows[rows.length - 1].orbitCnt - rows[0].orbitCnt) * 89.1e-6;
  const muons = rows.filter((row) => row.tdcChannel === 128).length;
  assert.ok(Math.abs(muons / seconds - 100) < 10, `${muons / seconds} muons/s`);
});

test('a geometry of one chamber without a trigger and one of 64 chambers both work', () => {
  const one: Geometry = { ...defaultGeometry, chambers: defaultGeometry.chambers.slice(0, 1), triggers: [] };
  assert.ok(wellFormedRows({ ...muonsOnly, geometry: one, rows: 5000 }).every((row) => row.fpga === 0));
  const many: Geometry = {
    ...defaultGeometry,
    chambers: Array.from({ length: 64 }, (_, index) => ({
      fpga: index >> 3,
      channelFirst: (index & 7) * 64,
      channels: 64,
      zMm: 100 * index,
      xMm: 0,
      rotated: index % 2 === 1,
      t0Ns: 95,
    })),
    triggers: [],
  };
  const rows = wellFormedRows({ rows: 60_000, geometry: many, ancillaryShare: 0 });
  assert.equal(new Set(rows.map((row) => (row.fpga << 3) | (row.tdcChannel >> 6))).size, 64);
});

test('options that leave nothing to hit are an error, not an endless search', () => {
  const fails = (options: SimulatorOptions): void =>
    assert.throws(
      () => [...simulateRows({ rows: 10, ...options })],
      (error) => error instanceof DtstreamError && error.code === 'usage' && error.message.includes('nothing to hit'),
    );
  const dead = defaultGeometry.chambers.flatMap((_, chamber) =>
    Array.from({ length: 64 }, (_unused, channel) => ({ chamber, channel })),
  );
  fails({ muonRateHz: 0, dead });
  fails({ ...muonsOnly, dead, scintillatorEfficiency: 0 });
});

describe('a simulated detector', () => {
  /** Noise hits of each wire in a run without muons. */
  const noiseOf = (seeds: { readonly seed: number; readonly detectorSeed?: number }): Map<number, number> => {
    const counts = new Map<number, number>();
    const only = { muonRateHz: 0, ancillaryShare: 0, strayShare: 0, afterpulseShare: 0, rows: 50_000, noiseSpread: 1 };
    for (const row of simulateRows({ ...only, ...seeds })) {
      if ('bytes' in row) continue;
      const wire = row.fpga * 512 + row.tdcChannel;
      counts.set(wire, (counts.get(wire) ?? 0) + 1);
    }
    return counts;
  };
  /** Correlation of the counts of all wires in two runs. */
  const correlation = (one: Map<number, number>, other: Map<number, number>): number => {
    const wires = [...new Set([...one.keys(), ...other.keys()])];
    const centred = [one, other].map((counts) => {
      const values = wires.map((wire) => counts.get(wire) ?? 0);
      const mean = values.reduce((sum, value) => sum + value, 0) / wires.length;
      return values.map((value) => value - mean);
    });
    const product = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, index) => sum + value * b[index], 0);
    const [a, b] = centred;
    return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  };

  it('is the same whatever the seed of the run, and another with another seed of its own', () => {
    const first = noiseOf({ seed: 1 });
    assert.ok(correlation(first, noiseOf({ seed: 2 })) > 0.97);
    assert.ok(Math.abs(correlation(first, noiseOf({ seed: 1, detectorSeed: 2 }))) < 0.3);
    assert.notDeepEqual(noiseOf({ seed: 2 }), first);
  });
});
