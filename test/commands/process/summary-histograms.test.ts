import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { layerOf } from '../../../src/domain/geometry.js';
import { ReferenceSum } from '../../../src/quality/reference-of.js';
import { readReference } from '../../../src/quality/uhi.js';
import type { UhiHistogram } from '../../../src/quality/uhi-histogram.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { messagesOf, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';

const names = ['hits', 'active_slots', 'active_orbits', 'single', 'active', 'gated', 'drift', 'slope', 'x_mm', 'chi2', 'probe_pass', 'probe_fail']; // prettier-ignore
const config = `geometry:
  chambers: [{ fpga: 0, channelFirst: 0, channels: 48, zMm: 200, t0Ns: 50 }, { fpga: 1, channelFirst: 64, zMm: 900, rotated: true }]
  clock: { bxTdcCounts: 24 }
physics: { time: chambers, bins: 100, ticksBin: 7 }
`; // prettier-ignore

interface Table {
  readonly lines: readonly (readonly string[])[];
  /** Lines of a histogram: bin, lower and upper edge, count. */
  of(chamber: number, name: string): readonly (readonly [bin: number, lower: number, upper: number, count: number])[];
}

function tableOf(text: string): Table {
  const [header, ...lines] = text.trimEnd().split('\n').map((line) => line.split(',')); // prettier-ignore
  assert.deepEqual(header, ['chamber', 'histogram', 'bin', 'lower', 'upper', 'count']);
  const number = (field: string): number => Number(field.replace('inf', 'Infinity'));
  return {
    lines,
    of: (chamber, name) =>
      lines
        .filter(([ofChamber, ofName]) => ofChamber === String(chamber) && ofName === name)
        .map(([, , ...fields]) => fields.map(number) as [number, number, number, number]),
  };
}

describe('process --summary as histograms', () => {
  let rows: Uint8Array;
  before(async () => {
    rows = await readAll(openSimulator({ rows: 60_000, format: 'words' }));
  });

  /** What a form of the summary of the rows says, and the summary itself, with a configuration. */
  const run = async (context: Parameters<typeof tempFolder>[0], form: 'uhi' | 'csv', ...flags: readonly string[]) => {
    const cwd = tempFolder(context, { 'run.dat': Buffer.from(rows), 'two.yaml': config });
    const command = ['process', 'run.dat', ...flags];
    const { code, stdout, stderr } = await runCommand([...command, '--summary', '--format', form], { cwd });
    assert.equal(code, 0, stderr);
    return { text: stdout, summary: summaryOf(await runCommand([...command, '--summary'], { cwd })), command, cwd };
  };

  it('--format uhi is the reference that the messages make, and all hits by channel', async (t) => {
    for (const flags of [[], ['--config', 'two.yaml'], ['--physics', 'counts']]) {
      const { text, summary, command, cwd } = await run(t, 'uhi', ...flags);
      const sum = new ReferenceSum('run.json');
      for (const message of messagesOf(await runCommand(command, { cwd }))) sum.add(message);
      assert.ok(sum.reference);
      const found = readReference(text, 'run.json');
      // Times are those of the run of the program; live time is rounded by one and the other.
      const { times, liveS } = found;
      assert.deepEqual({ ...found, liveS: 0 }, { ...sum.reference, times, liveS: 0 });
      assert.ok(Math.abs(liveS - sum.reference.liveS) < 1e-6 && times !== undefined);
      const file = JSON.parse(text) as Record<string, UhiHistogram>;
      for (const [chamber, hits] of Object.entries(summary.channel_hits_chamber ?? {})) {
        const { axes, storage } = file[`ch${chamber}/hits`];
        assert.deepEqual([axes[0].bins, storage.values], [64, hits]);
      }
    }
  });

  it('--format csv is a table of all bins with their edges, below and above them, too', async (t) => {
    const { text, summary } = await run(t, 'csv');
    const table = tableOf(text);
    const counts = (chamber: number, name: string): number[] => table.of(chamber, name).map(([, , , count]) => count);
    for (const [chamber, of] of Object.values(summary.physics?.chambers ?? {}).entries()) {
      assert.deepEqual(counts(chamber, 'hits'), summary.channel_hits_chamber?.[chamber]);
      assert.deepEqual(counts(chamber, 'active'), summary.active_channels_chamber[chamber]);
      assert.deepEqual(counts(chamber, 'active_slots'), of.active_slots);
      assert.deepEqual(counts(chamber, 'gated'), of.gated.channels);
      assert.deepEqual(counts(chamber, 'drift'), [of.drift.under, ...of.drift.counts, of.drift.over]);
      assert.deepEqual(counts(chamber, 'slope'), of.segments?.slope);
      assert.deepEqual(counts(chamber, 'probe_fail'), of.segments?.probe_fail);
    }
    assert.deepEqual([...new Set(table.lines.map(([, name]) => name))], names);
    const drift = table.of(1, 'drift');
    assert.deepEqual(drift[0].slice(0, 3), [-1, -Infinity, -249.85]);
    assert.deepEqual(drift[1].slice(0, 3), [0, -249.85, -247.35]);
    assert.deepEqual(drift[401].slice(0, 3), [400, 750.15, Infinity]);
    assert.deepEqual(table.of(0, 'slope')[1].slice(0, 3), [1, -0.95, -0.9]);
    assert.deepEqual(table.of(0, 'gated')[7].slice(0, 3), [7, 7, 8]);
    for (const name of names) {
      const bins = table.of(0, name);
      assert.ok(bins.every(([bin, lower, upper], at) => lower < upper && (at === 0 || (lower === bins[at - 1][2] && bin === bins[at - 1][0] + 1)))); // prettier-ignore
    }
  });

  it('holds what there is with other chambers and without physics', async (t) => {
    const two = tableOf((await run(t, 'csv', '--config', 'two.yaml')).text);
    assert.deepEqual(new Set(two.lines.map(([chamber]) => chamber)), new Set(['0', '1']));
    assert.equal(two.of(0, 'drift_chambers').length, 102);
    const [, lower, upper] = two.of(1, 'drift')[1];
    assert.ok(Math.abs(upper - lower - (7 * 25) / 24) < 1e-9, `${lower} to ${upper}`);
    const off = await run(t, 'csv', '--physics', 'off');
    const table = tableOf(off.text);
    assert.deepEqual([...new Set(table.lines.map(([, name]) => name))], ['hits', 'active']);
    assert.deepEqual(table.of(3, 'hits').map(([, , , count]) => count), off.summary.channel_hits_chamber?.[3]); // prettier-ignore
    const { text } = await run(t, 'uhi', '--physics', 'off');
    assert.equal(Object.keys(JSON.parse(text) as object).length, 8);
    assert.throws(() => readReference(text, 'off.json'), /has no histogram ch0\/active_slots/);
  });

  it('counts a cell of a layer where its channel is', async (t) => {
    const { text, summary } = await run(t, 'uhi');
    const gated = (JSON.parse(text) as Record<string, UhiHistogram>)['ch2/gated'].storage.values as number[][];
    summary.physics?.chambers[2].gated.channels.forEach((count, channel) => {
      assert.equal(gated[layerOf(channel)][channel >> 2], count);
    });
  });
});
