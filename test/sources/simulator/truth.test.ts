import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { decodeWord, wordBytes } from '../../../src/domain/word.js';
import type { SimulatorOptions } from '../../../src/sources/simulator/options.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { TruthLines } from '../../../src/sources/simulator/truth.js';
import { plain, simulateCsv, wellFormedRows } from './read-all.js';

interface TruthMuon {
  readonly muon: number;
  readonly orbit: number;
  readonly ns: number;
  readonly planes: readonly (readonly [number, number, number, number, number, number])[];
}

/** Only muons: each row is a hit of one. */
const muonsOnly: SimulatorOptions = {
  ...plain,
  noiseRateHz: 0,
  deltaRayShare: 0,
  afterpulseShare: 0,
  scintillatorEfficiency: 0,
};

/** Words and truth of a simulation, the truth emptied at every read. */
async function simulateTruth(options: SimulatorOptions) {
  const truth = new TruthLines();
  const source = openSimulator({ ...options, format: 'words' }, truth);
  const words: Buffer[] = [];
  let text = '';
  for (;;) {
    const target = Buffer.alloc(1 << 18);
    const size = await source.read(target);
    text += truth.take();
    if (size === 0) break;
    words.push(target.subarray(0, size));
  }
  const [first, ...muons] = text.trimEnd().split('\n');
  const bytes = Buffer.concat(words);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rows = Array.from({ length: bytes.length / wordBytes }, (_, index) => decodeWord(view, index * wordBytes));
  return {
    first: JSON.parse(first) as Record<string, unknown>,
    muons: muons.map((line) => JSON.parse(line) as TruthMuon),
    rows,
  };
}

test('the rows are the hits of the truth, but for muons at the end', async () => {
  const dead = [{ chamber: 2, channel: 17 }];
  const { first, muons, rows } = await simulateTruth({ ...muonsOnly, rows: 40_000, seed: 7, dead });
  assert.deepEqual([first.truth, first.seed], [1, 7]);
  assert.deepEqual(
    muons.map(({ muon }) => muon),
    muons.map((_, index) => index + 1),
  );
  // Hits of the last rows' muons may be missing, and a hit past the end of its orbit is in the next one.
  const key = (chamber: number, channel: number, orbit: number): string => `${chamber}:${channel} ${orbit}`;
  const seen = new Map<string, number>();
  for (const row of rows) {
    const at = key(2 * row.fpga + (row.tdcChannel >> 6), row.tdcChannel & 63, row.orbitCnt);
    seen.set(at, (seen.get(at) ?? 0) + 1);
  }
  const take = (at: string): boolean => {
    const count = seen.get(at) ?? 0;
    if (count > 0) seen.set(at, count - 1);
    return count > 0;
  };
  let missing = 0;
  const orbitLast = rows.at(-1)?.orbitCnt ?? 0;
  for (const { orbit, planes } of muons) {
    for (const [chamber, layer, cell, , , hit] of planes) {
      const channel = 4 * cell + [0, 2, 1, 3][layer];
      if (chamber === 2 && channel === 17) assert.equal(hit, 0);
      if (hit === 0 || take(key(chamber, channel, orbit)) || take(key(chamber, channel, orbit + 1))) continue;
      missing++;
      assert.ok(orbit >= orbitLast - 1, `a hit of orbit ${orbit} is missing`);
    }
  }
  assert.ok(missing < 50);
  assert.equal(
    [...seen.values()].reduce((sum, count) => sum + count, 0),
    0,
    'rows that are in no muon',
  );
});

test('orbits of the truth are raw ones, also after a restart', async () => {
  const { muons } = await simulateTruth({ ...muonsOnly, rows: 4000, restartAfterRows: [2000], startOrbit: 4294967000 });
  assert.ok(muons.every(({ orbit }) => orbit >= 0 && orbit < 2 ** 32));
  const steps = muons.slice(1).map(({ orbit }, index) => orbit - muons[index].orbit);
  assert.equal(steps.filter((step) => step < 0 || step > 2 ** 31).length, 2, 'the wrap and the restart');
});

test('each layer has its efficiency in the truth', async () => {
  const layerEfficiency = [0.97, 0.6, 0.85, 1];
  const { muons } = await simulateTruth({ ...muonsOnly, rows: 300_000, layerEfficiency });
  layerEfficiency.forEach((share, layer) => {
    const crossed = muons.flatMap(({ planes }) => planes.filter((plane) => plane[1] === layer));
    const found = crossed.filter((plane) => plane[5] === 1).length / crossed.length;
    assert.ok(Math.abs(found - share) < 0.01, `layer ${layer}: ${found}`);
  });
});

test('bursts have the rate and the length asked for and leave all other hits as they are', () => {
  const options: SimulatorOptions = { ...plain, dead: [], rows: 200_000 };
  const bursts = [{ chamber: 1, channel: 37, perSecond: 2, hits: 50 }];
  const quiet = wellFormedRows(options);
  const rows = wellFormedRows({ ...options, bursts });
  const text = (row: (typeof rows)[number]): string => JSON.stringify(row);
  const quietTexts = new Set(quiet.map(text));
  const added = rows.filter((row) => !quietTexts.has(text(row)));
  assert.ok(added.every((row) => row.fpga === 0 && row.tdcChannel === 64 + 37));
  const seconds = (rows[rows.length - 1].orbitCnt - rows[0].orbitCnt) * 89.1e-6;
  const expected = 2 * seconds * 50;
  // Five standard deviations of the number of bursts.
  assert.ok(Math.abs(added.length - expected) < 5 * 50 * Math.sqrt(2 * seconds) + 50, `${added.length}, ${expected}`);
  const orbits = added.map((row) => row.orbitCnt);
  const first = orbits.slice(0, 50);
  assert.deepEqual(
    first,
    first.map((_, index) => first[0] + index),
  );
  assert.ok(orbits[50] !== first[49] + 1);
});

test('the default rows are those of former versions', async () => {
  const sha256 = createHash('sha256').update(await simulateCsv({ rows: 1000, seed: 7 }));
  assert.equal(sha256.digest('hex'), 'e9a3b256f1da10008ffe9d542a700e00a5ad3358f7e88607f2335f267305a444');
});
