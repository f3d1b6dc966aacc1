import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../../src/domain/batch-message.js';
import { layerOf } from '../../../src/domain/geometry.js';
import { slotOrbits } from '../../../src/domain/slot.js';
import { channelNoise, emptyOrbits } from '../../../src/physics/rates.js';
import { parseSummary } from '../../helpers/assert/wire-schema.js';
import { runCli } from '../../helpers/program/cli.js';
import { run591Absent, run591Path } from '../../helpers/run591.js';

const config = fileURLToPath(new URL('../../../../examples/run591.yaml', import.meta.url));
/** Channels without a hit where a line crosses them, in the order of chambers. */
const dead = ['0:11', '0:13', '0:29', '0:33', '0:38', '0:51', '0:54', '3:59'];

function chambersOf<T>(
  { physics }: Summary,
  of: (chamber: NonNullable<Summary['physics']>['chambers'][string]) => T,
): T[] {
  return Object.values(physics?.chambers ?? {}).map(of);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe('physics of run 591', { skip: run591Path() === undefined && run591Absent }, () => {
  it('is what docs/physics.md says, to the entry', async () => {
    const { code, stdout, stderr } = await runCli(['process', run591Path() ?? '', '--config', config, '--summary']);
    assert.equal(code, 0, stderr);
    const summary = parseSummary(stdout);
    const { physics } = summary;
    assert.ok(physics);
    assert.deepEqual(physics.slots, { live: 5554, lit: 5554, first: 730, last: 43120, gaps: 1, gap_slots: 36_837 });
    assert.equal(physics.live_s.toFixed(3), '31.671');
    const { rows, orbits, multiple, border } = physics.trigger;
    assert.deepEqual([rows, orbits, multiple, border], [[980, 1340], 2112, 5, 10]);
    const gated = chambersOf(summary, (chamber) => chamber.gated);
    assert.deepEqual(gated.map((of) => of.orbits), [976, 976, 1338, 1338]); // prettier-ignore
    assert.deepEqual(gated.map(({ matched }) => matched), [971, 971, 1333, 1333]); // prettier-ignore
    assert.deepEqual(gated.map(({ in_time }) => in_time), [955, 959, 1317, 1314]); // prettier-ignore
    assert.deepEqual(gated.map(({ hits }) => hits), [4052, 4395, 5877, 5682]); // prettier-ignore
    assert.deepEqual(chambersOf(summary, ({ repeats }) => repeats), [1675, 2985, 3029, 1825]); // prettier-ignore
    assert.deepEqual(chambersOf(summary, ({ duplicates, bursts }) => duplicates + bursts), [0, 0, 0, 0]); // prettier-ignore
    assert.deepEqual(chambersOf(summary, ({ single }) => sum(single)), [13_154, 21_392, 41_621, 22_883]); // prettier-ignore
    assert.deepEqual(chambersOf(summary, ({ active_slots }) => sum(active_slots)), [20_543, 30_145, 49_800, 31_824]); // prettier-ignore
    const boxes = (key: 'drift' | 'drift_chambers'): (number | undefined)[][] =>
      chambersOf(summary, ({ [key]: drift }) => [drift?.under, sum(drift?.counts ?? []), drift?.over]);
    assert.deepEqual(boxes('drift'), [[42, 3942, 68], [66, 4251, 78], [112, 5632, 133], [66, 5553, 63]]); // prettier-ignore
    assert.deepEqual(boxes('drift_chambers'), [[67, 5092, 95], [112, 4906, 145], [189, 6096, 214], [119, 5769, 113]]); // prettier-ignore
    const fits = chambersOf(summary, ({ box }) => box);
    assert.deepEqual(fits.map((box) => box?.entries), [5092, 4906, 6096, 5769]); // prettier-ignore
    const widths = fits.map((box) => box?.width_ns ?? NaN);
    [355.9, 352.8, 350.7, 349.1].forEach((width, chamber) => {
      assert.ok(Math.abs(widths[chamber] - width) < 1, `${widths[chamber]}, not ${width}`);
    });
    const segments = chambersOf(summary, (chamber) => chamber.segments);
    assert.deepEqual(segments.map((found) => found?.events), [2656, 2435, 2533, 2513]); // prettier-ignore
    assert.deepEqual(segments.map((found) => found?.four), [532, 710, 958, 886]); // prettier-ignore
    assert.deepEqual(segments.map((found) => found?.three), [[42, 157, 200, 147], [56, 98, 70, 59], [120, 79, 61, 77], [103, 76, 64, 124]]); // prettier-ignore
    assert.deepEqual(segments[0]?.residual[0], { n: 532, sum_um: -28_096, sum2_um2: 61_034_294 });
    const layers = [0, 1, 2, 3].map((layer) => {
      const ofLayer = (counts: readonly number[] = []): number =>
        sum(counts.filter((_, channel) => layerOf(channel) === layer));
      const pass = ofLayer(segments[0]?.probe_pass);
      return pass / (pass + ofLayer(segments[0]?.probe_fail));
    });
    assert.deepEqual(layers.map((share) => share.toFixed(3)), ['0.942', '0.779', '0.750', '0.805']); // prettier-ignore
    const noise = chambersOf(summary, ({ single }) => single).map((single, chamber) => {
      const empty = emptyOrbits(physics.slots.live, slotOrbits, summary.active_channels_chamber[chamber]);
      return single.map((count) => channelNoise(count, empty, 89.1e-6)?.hz ?? 0);
    });
    assert.deepEqual(noise.map((hz) => Math.round(sum(hz))), [434, 725, 1511, 780]); // prettier-ignore
    [77.6, 63.5, 107.9, 60.7].forEach((hz, chamber) => {
      assert.ok(Math.abs(Math.max(...noise[chamber]) - hz) < 0.15, `${Math.max(...noise[chamber])}, not ${hz}`);
    });
    const poor = segments.flatMap((found, chamber) =>
      (found?.probe_pass ?? []).flatMap((pass, channel) => {
        const probes = pass + (found?.probe_fail[channel] ?? 0);
        return probes >= 15 && pass / probes < 0.1 ? [`${chamber}:${channel}`] : [];
      }),
    );
    assert.deepEqual(poor, dead);
  });
});
