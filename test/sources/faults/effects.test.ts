import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fitBox } from '../../../src/physics/box-fit.js';
import type { Hit } from '../../../src/domain/hit.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { parseFaults } from '../../../src/sources/faults/parse.js';
import { simulatorOptionsSchema } from '../../../src/sources/simulator/options.js';
import { channelRateHz } from '../../../src/sources/simulator/channel-rate.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { decodeWord } from '../../../src/domain/word.js';
import { readAll } from '../simulator/read-all.js';
import { faultyLines, faultyRows, isChamber, isChannel, orbitS, secondsOf } from './faulty-rows.js';

const count = (rows: readonly Hit[], isMeant: (hit: Hit) => boolean): number => rows.filter(isMeant).length;
const steps = (rows: readonly Hit[]): number[] =>
  rows
    .filter(({ head }) => head === 2)
    .map(({ orbitCnt }, index, all) => orbitCnt - all[Math.max(0, index - 1)].orbitCnt);
/** Share of two numbers of hits, and 4.5 of its standard deviations. */
const ratio = (one: number, other: number) => ({
  value: one / other,
  error: 4.5 * (one / other) * Math.sqrt(1 / one + 1 / other),
});
function assertRatio(one: number, other: number, expected: number): void {
  const { value, error } = ratio(one, other);
  assert.ok(Math.abs(value - expected) < error, `${value} +- ${error}, asked: ${expected}`);
}

describe('faults of cells', () => {
  const rows = 300_000;

  test('a dead channel, a lost chamber, a lost trigger and a lost board have no row in their time, and have some outside', async () => {
    for (const [fault, isMeant] of [
      ['dead:1:37', isChannel(1, 37)],
      ['lost-chamber:2', isChamber(2)],
      ['trigger-lost', (hit: Hit) => hit.head === 2 && hit.fpga === 1 && hit.tdcChannel === 128],
      ['lost-fpga:0', (hit: Hit) => hit.head === 2 && hit.fpga === 0],
    ] as const) {
      const all = (await faultyRows(`${fault}@5-15`, { rows: 150_000 })).filter(isMeant).map(secondsOf);
      assert.equal(all.filter((at) => at >= 5 && at < 15).length, 0, fault);
      assert.ok(all.some((at) => at < 5) && all.some((at) => at >= 15), fault);
    }
    const board = await faultyRows('lost-fpga:0@0', { rows: 20_000 });
    assert.ok(board.every(({ fpga }) => fpga === 1) && board.some(({ head }) => head !== 2));
  });

  test('a hot channel has the multiple of its rate that was asked for, a weak one the share', async () => {
    const isMeant = isChannel(1, 37);
    const healthy = (await faultyRows(undefined, { rows })).filter(isMeant).map(secondsOf);
    const untilS = Math.min(40, Math.max(...healthy));
    const of = async (fault: string) =>
      (await faultyRows(fault, { rows }))
        .filter(isMeant)
        .map(secondsOf)
        .filter((at) => at < untilS).length;
    const usual = healthy.filter((at) => at < untilS).length;
    assertRatio(await of('hot:1:37:5@0'), usual, 5);
    assertRatio(await of('weak:1:37:0.5@0'), usual, 0.5);
    const rateHz = channelRateHz(simulatorOptionsSchema.parse({}), 64 + 37);
    assertRatio(usual, untilS * rateHz * 1e6, 1e-6);
  });

  test('bursts of 50 orbits begin about once a second', async () => {
    const dead = [{ chamber: 1, channel: 37 }];
    const only = { rows: 40_000, dead, muonRateHz: 0, noiseRateHz: 5, ancillaryShare: 0, disorderOrbits: 0 };
    const all = (await faultyRows('burst:1:37@10', only)).filter(isChannel(1, 37));
    const runs = all.filter(
      (hit, index) =>
        hit.orbitCnt !== (all[index - 1]?.orbitCnt ?? -1) + 1 && all[index + 1]?.orbitCnt === hit.orbitCnt + 1,
    );
    const lastS = Math.max(...all.map(secondsOf));
    assert.ok(runs.every((hit) => secondsOf(hit) >= 10));
    assert.ok(Math.abs(runs.length - (lastS - 10)) < 5 * Math.sqrt(lastS), `${runs.length} in ${lastS} s`);
    const at = all.indexOf(runs[1]);
    assert.ok(all.slice(at, at + 50).every(({ orbitCnt }, index) => orbitCnt === runs[1].orbitCnt + index));
  });

  test('a layer at lower voltage has its share of the muon hits, and its noise', async () => {
    const only = { rows: 60_000, noiseRateHz: 0, ancillaryShare: 0, strayShare: 0 };
    const isLayer = (layer: number) => (hit: Hit) => isChamber(1)(hit) && [0, 2, 1, 3][hit.tdcChannel & 3] === layer;
    const all = await faultyRows('layer-hv:1:2:0.5@0', only);
    assertRatio(count(all, isLayer(2)), count(all, isLayer(1)), 0.5);
    const noise = { rows: 60_000, muonRateHz: 0 };
    assert.deepEqual(await faultyRows('layer-hv:1:2:0@0', noise), await faultyRows(undefined, noise));
  });
});

/** The time box of a chamber by the scintillator of its orbit, in bins of 3 TDC counts. */
function boxOf(rows: readonly Hit[], chamber: number) {
  const tick = ({ bxCounter, tdcMeas }: Hit): number => bxCounter * 30 + tdcMeas;
  const references = new Map<number, number>();
  for (const hit of rows)
    if (hit.head === 2 && hit.fpga === 1 && hit.tdcChannel === 128)
      references.set(hit.orbitCnt, Math.min(references.get(hit.orbitCnt) ?? Infinity, tick(hit)));
  const counts = Array.from({ length: 400 }, () => 0);
  const { t0Ns } = defaultGeometry.chambers[chamber];
  const first = Math.ceil((-250 - t0Ns) / (25 / 30) - 1e-9);
  for (const hit of rows.filter(isChamber(chamber))) {
    const reference = references.get(hit.orbitCnt);
    if (reference === undefined) continue;
    const bin = Math.floor((tick(hit) - reference - first) / 3);
    if (bin >= 0 && bin < 400) counts[bin]++;
  }
  const fit = fitBox({ counts, offsetNs: (first - 0.5) * (25 / 30) + t0Ns, binNs: 2.5 }, 53.8);
  assert.ok(fit.rise_ns !== null && fit.fall_ns !== null && fit.width_ns !== null, fit.status);
  return { rise: fit.rise_ns, fall: fit.fall_ns, width: fit.width_ns };
}

describe('faults of time', () => {
  const muonsOnly = { rows: 120_000, noiseRateHz: 0.01, ancillaryShare: 0, strayShare: 0 };

  for (const [fault, chamber, moved] of [
    ['t0:1:+12', 1, { rise: 12, fall: 12, width: 0 }],
    ['t0:1:+2', 1, { rise: 2, fall: 2, width: 0 }],
    ['trigger-late:+25ns', 2, { rise: -25, fall: -25, width: 0 }],
    ['clock-slip:0:+1bx', 1, { rise: 25, fall: 25, width: 0 }],
    ['clock-slip:1:+1bx', 1, { rise: -25, fall: -25, width: 0 }],
    ['clock-slip:1:+1bx', 2, { rise: 0, fall: 0, width: 0 }],
    ['drift:1:0.95', 1, { rise: 0, fall: 390.33 / 0.95 - 390.33, width: 390.33 / 0.95 - 390.33 }],
    ['drift:2:0.95', 1, { rise: 0, fall: 0, width: 0 }],
  ] as const) {
    test(`the box of chamber ${chamber} moves as asked by ${fault}`, async () => {
      const usual = boxOf(await faultyRows(undefined, muonsOnly), chamber);
      const box = boxOf(await faultyRows(`${fault}@0`, muonsOnly), chamber);
      for (const edge of ['rise', 'fall', 'width'] as const) {
        const shift = box[edge] - usual[edge];
        assert.ok(Math.abs(shift - moved[edge]) < 1.2, `${edge} moves by ${shift} ns, asked: ${moved[edge]}`);
      }
    });
  }

  test('a board whose orbit counter slips has all of its hits in another orbit', async () => {
    const healthy = await faultyRows(undefined, { rows: 20_000 });
    const slipped = await faultyRows('orbit-slip:0:+1@0', { rows: 20_000 });
    assert.deepEqual(
      slipped,
      healthy.map((hit) => (hit.head === 2 && hit.fpga === 0 ? { ...hit, orbitCnt: hit.orbitCnt + 1 } : hit)),
    );
  });
});

describe('faults of cables', () => {
  test('swapped channels change places, a shifted connector loses what is beyond its end', async () => {
    const channels = (rows: readonly Hit[]): number[] =>
      rows.filter(isChamber(1)).map(({ tdcChannel }) => tdcChannel - 64);
    const healthy = channels(await faultyRows(undefined, { rows: 20_000, ancillaryShare: 0 }));
    const swapped = channels(await faultyRows('swap:1:28:32@0', { rows: 20_000, ancillaryShare: 0 }));
    assert.deepEqual(
      swapped,
      healthy.map((channel) => (channel === 28 ? 32 : channel === 32 ? 28 : channel)),
    );
    const shifted = channels(await faultyRows('shift:1:0-31:+4@0', { rows: 20_000, ancillaryShare: 0 }));
    const expected = healthy.flatMap((channel) => (channel > 31 ? [channel] : channel > 27 ? [] : [channel + 4]));
    assert.deepEqual(shifted.slice(0, expected.length), expected);
  });
});

describe('faults of the orbit counter', () => {
  test('a pause moves all orbits after it, and no row of before comes after', async () => {
    const healthy = await faultyRows(undefined, { rows: 30_000 });
    const rows = await faultyRows('orbit-gap:6s@3', { rows: 30_000 });
    const gapOrbits = Math.round(6 / orbitS);
    const large = steps(rows).filter((step) => Math.abs(step) > 1000);
    assert.ok(large.length === 1 && Math.abs(large[0] - gapOrbits) < 600, large.join());
    const text = (hit: Hit): string => JSON.stringify(hit);
    const same = new Set(healthy.map(text));
    assert.ok(
      rows.every((hit) => same.has(text(hit)) || same.has(text({ ...hit, orbitCnt: hit.orbitCnt - gapOrbits }))),
    );
  });

  test('a restart falls back by 2^24 orbits once', async () => {
    const { lines, truth, tally } = await faultyLines('restart@3', { rows: 30_000, ancillaryShare: 0 });
    const large = lines
      .map((line) => Number(line.split(',')[3]))
      .map((orbit, index, all) => orbit - all[Math.max(0, index - 1)]);
    const at = large.findIndex((step) => step < -(2 ** 23));
    assert.ok(Math.abs(large[at] + 2 ** 24) < 600);
    assert.equal(large.filter((step) => Math.abs(step) > 1000).length, 1);
    assert.equal(truth[0].row_first, at);
    assert.equal(tally.runs, 2);
  });

  test('the counter wraps at the time asked for, and nothing else changes', async () => {
    const healthy = await faultyRows(undefined, { rows: 20_000 });
    const rows = await faultyRows('orbit-wrap@2', { rows: 20_000 });
    const moved = 2 ** 32 - Math.floor(2 / orbitS) - 2_500_000_000;
    assert.deepEqual(
      rows,
      healthy.map((hit) => ({ ...hit, orbitCnt: (hit.orbitCnt + moved) % 2 ** 32 })),
    );
    assert.ok(
      rows.some(({ orbitCnt }) => orbitCnt === 2 ** 32 - 1 || orbitCnt > 2 ** 32 - 20) &&
        rows.some(({ orbitCnt }) => orbitCnt < 20),
    );
  });

  test('a stale buffer comes first, all of it 3 minutes older or more', async () => {
    const { lines, truth } = await faultyLines('stale-buffer:5000@0', { rows: 15_000, ancillaryShare: 0 });
    const orbits = lines.map((line) => Number(line.split(',')[3]));
    assert.deepEqual([truth[0].row_first, truth[0].row_last], [0, 4999]);
    assert.ok(orbits.slice(0, 5000).every((orbit) => orbit < 2_500_000_000 - 180 / orbitS));
    assert.deepEqual(lines.slice(5000), (await faultyLines(undefined, { rows: 10_000, ancillaryShare: 0 })).lines);
  });
});

describe('faults on the way', () => {
  test('duplicates are that share of the hits, each right behind its twin', async () => {
    const healthy = await faultyLines(undefined, { rows: 40_000, ancillaryShare: 0 });
    const { lines } = await faultyLines('duplicate:0.05@0', { rows: 40_000, ancillaryShare: 0 });
    const single = lines.filter((line, index) => line !== lines[index - 1]);
    assertRatio(lines.length - single.length, single.length, 0.05);
    assert.deepEqual(single, healthy.lines.slice(0, single.length));
  });

  test('doubled triggers are that share, 50 to 500 ns later', async () => {
    const isTrigger = (hit: Hit): boolean => hit.head === 2 && hit.fpga === 1 && hit.tdcChannel === 128;
    const only = { rows: 100_000, noiseRateHz: 1, disorderOrbits: 0 };
    const healthy = (await faultyRows(undefined, only)).filter(isTrigger);
    const doubled = (await faultyRows('trigger-double:0.1@0', only)).filter(isTrigger);
    const known = new Set(healthy.map((hit) => JSON.stringify(hit)));
    const added = doubled.flatMap((hit, index) =>
      known.has(JSON.stringify(hit)) ? [] : [secondsOf(hit) - secondsOf(doubled[index - 1])],
    );
    assertRatio(added.length, doubled.length - added.length, 0.1);
    assert.ok(added.every((seconds) => seconds > 49e-9 && seconds < 501e-9));
  });

  test('corrupt rows are that share of the hits: malformed in CSV, one flipped bit in a word', async () => {
    const { tally } = await faultyLines('corrupt:0.1@0', { rows: 40_000, ancillaryShare: 0 });
    const bad = Object.values(tally.malformed).reduce((sum, one) => sum + one, 0);
    assertRatio(bad, tally.rows, 0.1);
    const words = async (text: string) => {
      const bytes = await readAll(
        openSimulator(
          { rows: 40_000, format: 'words' },
          undefined,
          text === '' ? [] : parseFaults(text, defaultGeometry),
        ),
      );
      return new BigUint64Array(Uint8Array.from(bytes).buffer);
    };
    const [healthy, corrupt] = [await words(''), await words('corrupt:0.1@0')];
    const ones = (value: bigint): number => value.toString(2).replaceAll('0', '').length;
    const flipped = [...corrupt].map((word, index) => word ^ healthy[index]).filter((bits) => bits !== 0n);
    assert.ok(flipped.every((bits) => ones(bits) === 1));
    const hits = [...healthy].filter(
      (word) => decodeWord(new DataView(new BigUint64Array([word]).buffer), 0).head === 2,
    ).length;
    assertRatio(flipped.length, hits, 0.1);
  });
});
