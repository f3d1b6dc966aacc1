import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import type { Summary } from '../../src/domain/batch-message.js';
import { layerOf } from '../../src/domain/geometry.js';
import { runCli, summaryOf } from '../helpers/program/cli.js';
import { runExample, skipPython } from '../helpers/program/python.js';
import { assertDrawn } from './picture.js';

type Counts = Record<string, readonly number[] | readonly (readonly number[])[]>;

const examples = fileURLToPath(new URL('../../../examples/python/', import.meta.url));

/** The histograms of a summary by the names of docs/reference-files.md, flow bins included. */
function countsOf({ physics, channel_hits_chamber, active_channels_chamber }: Summary): Counts {
  const counts: Record<string, Counts[string]> = {};
  for (const [chamber, hits] of Object.entries(channel_hits_chamber ?? {})) {
    const of = physics?.chambers[chamber];
    assert.ok(of?.segments);
    const { slope, x_mm, chi2, probe_pass, probe_fail } = of.segments;
    const gated = Array.from({ length: 4 }, () => new Array<number>(16).fill(0));
    of.gated.channels.forEach((count, channel) => (gated[layerOf(channel)][channel >> 2] = count));
    const all = {
      ...{ hits, active: active_channels_chamber[chamber], gated, slope, x_mm, chi2, probe_pass, probe_fail },
      ...{ active_slots: of.active_slots, active_orbits: of.active_orbits, single: of.single },
      drift: [of.drift.under, ...of.drift.counts, of.drift.over],
    };
    for (const [name, values] of Object.entries(all)) counts[`ch${chamber}/${name}`] = values;
  }
  return counts;
}

describe('histograms and rows in Python', { skip: skipPython }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-histograms-'));
  const path = (name: string): string => join(dir, name);
  const readJson = (name: string): unknown => JSON.parse(readFileSync(path(name), 'utf8'));
  let summary: Summary;

  before(async () => {
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCli([...args, '--quiet'], { cwd: dir });
      assert.equal(code, 0, stderr);
      return stdout;
    };
    await run('simulate', '--rows', '40000', '--seed', '6', '--out', 'run.dat');
    await run('convert', 'run.dat', '--out', 'run.parquet');
    writeFileSync(path('run.json'), await run('process', 'run.dat', '--summary', '--format', 'uhi'));
    writeFileSync(path('messages.ndjson'), await run('process', 'run.dat', '--batch-rows', '7000'));
    summary = summaryOf(await runCli(['process', 'run.dat', '--summary', '--quiet'], { cwd: dir }));
  });
  after(() => rmSync(dir, { recursive: true }));

  it('histograms.py has the counts of --summary, from UHI JSON and from messages, and draws them', async () => {
    for (const file of ['run.json', 'messages.ndjson']) {
      await runExample('examples/python/histograms.py', [file, '--counts', 'counts.json', '--out', 'picture.png'], dir);
      assert.deepEqual(readJson('counts.json'), countsOf(summary));
      await assertDrawn(path('picture.png'));
      rmSync(path('picture.png'));
    }
  });

  it('histograms.py writes them to a file of ROOT, with their edges', async () => {
    await runExample('examples/python/histograms.py', ['run.json', '--root', 'run.root'], dir);
    const read = await runExample('test/examples/read_root.py', ['run.root'], dir);
    const { counts, edges } = JSON.parse(read) as { counts: Counts; edges: Record<string, [number, number]> };
    assert.deepEqual(counts, countsOf(summary));
    const { offset_ns, ticks_bin } = summary.physics?.chambers[2].drift ?? { offset_ns: NaN, ticks_bin: NaN };
    assert.ok(Math.abs(edges['ch2/drift'][0] - offset_ns) < 1e-9);
    assert.ok(Math.abs(edges['ch2/drift'][1] - offset_ns - (400 * ticks_bin * 25) / 30) < 1e-9);
    assert.deepEqual(edges['ch0/x_mm'], [0, 693]);
  });

  it('rows.py counts hits by channel and drift times from the rows of Parquet, and writes them as a tree', async () => {
    await runExample('examples/python/rows.py', ['run.parquet', '--counts', 'counts.json', '--root', 'rows.root'], dir);
    const { channels, drift } = readJson('counts.json') as {
      channels: Record<string, number>;
      drift: Record<string, number[]>;
    };
    const expected = Object.entries(summary.tdc_counts_chamber).flatMap(([chamber, { bin_edges, hist_counts }]) =>
      bin_edges.map((channel, index) => [`${Number(chamber) >> 1}:${channel}`, hist_counts[index]] as const),
    );
    assert.deepEqual(channels, Object.fromEntries(expected));
    for (const [chamber, counts] of Object.entries(drift)) {
      assert.deepEqual(counts, summary.physics?.chambers[chamber].drift.counts, `chamber ${chamber}`);
    }
    const { rows } = JSON.parse(await runExample('test/examples/read_root.py', ['rows.root'], dir)) as { rows: number };
    assert.equal(rows, 40_000);
  });

  it('the program of examples/python/README.md adds two runs up', async () => {
    const program = /^```python\n([^]*?)^```$/m.exec(readFileSync(join(examples, 'README.md'), 'utf8'))?.[1];
    assert.ok(program !== undefined);
    writeFileSync(path('program.py'), program);
    copyFileSync(join(examples, 'dtstream_histograms.py'), path('dtstream_histograms.py'));
    for (const name of ['monday.json', 'tuesday.json']) copyFileSync(path('run.json'), path(name));
    const said = await runExample(path('program.py'), [], dir);
    const { offset_ns = NaN, counts = [] } = summary.physics?.chambers[1].drift ?? {};
    const [first, last] = [100, 400].map((ns) => Math.floor((ns - offset_ns) / 2.5));
    const sum = counts.slice(first, last).reduce((total, count) => total + count, 0);
    assert.equal(Number(/^[\d.]+/.exec(said)?.[0]), 2 * sum, said);
  });
});
