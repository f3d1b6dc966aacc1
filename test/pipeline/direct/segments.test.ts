import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../src/commands/config/load.js';
import { defaultGeometry, type Geometry } from '../../../src/domain/geometry.js';
import { type Physics, physicsSchema } from '../../../src/domain/physics-message.js';
import { physicsPlan } from '../../../src/domain/physics-plan.js';
import { defaultPhysics, type PhysicsSettings } from '../../../src/domain/physics-settings.js';
import { PhysicsSum } from '../../../src/domain/physics-sum.js';
import { decodeWord, wordBytes } from '../../../src/domain/word.js';
import type { ByteSource } from '../../../src/pipeline/direct/loaded-chunks.js';
import { directMessages, directPool, memorySource } from '../../helpers/program/direct.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { RandomSource } from '../../helpers/random/random-source.js';
import { run591Absent, run591Words } from '../../helpers/run591.js';
import { physicsOf, type TimedRow } from '../../model/physics.js';
import { randomHits } from '../../physics/random-hits.js';
import { comparable, linesOf, sevenChambers } from './timed-lines.js';

interface Detector {
  readonly geometry: Geometry;
  readonly physics: PhysicsSettings;
}

const short: PhysicsSettings = {
  ...{ ...defaultPhysics, ticksBin: 7, bins: 30, gapSlots: 3, inTimeNs: [-30, 300] },
  segments: { sigmaXMm: 0.5, chi2Four: 35, chi2Three: 7.5, slopeMax: 0.6 },
};

/** Muons, noise and triggers in some orbits of a detector; ticks are multiples of `coarse` from the muon's time. */
function muonRows({ geometry }: Detector, random: RandomSource, orbits: number, coarse: number): TimedRow[] {
  const { clock, chambers, triggers, driftVelocityUmNs: velocityUmNs } = geometry;
  const orbitTicks = clock.orbitBx * clock.bxTdcCounts;
  const rows: TimedRow[] = [];
  for (let orbit = 0; orbit < orbits; orbit++) {
    const push = (row: Pick<TimedRow, 'chamber' | 'channel'>, tickAt: number): void => {
      const tick = Math.max(0, tickAt);
      // The same tick, as a later bunch crossing or as a count that runs on beyond one.
      const back = tick % clock.bxTdcCounts < 32 - clock.bxTdcCounts && tick >= clock.bxTdcCounts && random.oneIn(2);
      const bx = Math.floor(tick / clock.bxTdcCounts) - Number(back);
      rows.push({ ...row, orbit: 10_000 + orbit, bx, tdc: tick - bx * clock.bxTdcCounts });
    };
    for (let muons = random.pick([1, 1, 1, 2]); muons > 0; muons--) {
      // Now and then the window does not lie in the orbit.
      const middle = random.pick([2000, 2000, 2700]);
      const at = random.pick([middle, middle, middle, 450, orbitTicks - 10]);
      triggers.forEach((_, trigger) => {
        for (let times = random.pick([0, 1, 1, 1, 2]); times > 0; times--)
          push({ channel: trigger }, at + 30 * (times - 1));
      });
      chambers.forEach(({ channels: width, t0Ns }, chamber) => {
        const tickNs = clock.bxNs / clock.bxTdcCounts;
        const { channels, ticks } = randomHits(random, { velocityUmNs, tickNs, t0Ns }, width / 4, coarse);
        channels.forEach((channel, hit) => {
          push({ chamber, channel }, at + ticks[hit]);
        });
      });
    }
  }
  return rows;
}

/** The physics that direct mode publishes of an input, in all batches. */
async function published({ geometry, physics }: Detector, source: ByteSource, batchRows: number): Promise<Physics> {
  const plan = physicsPlan(geometry, physics, { isFull: true, hash: 'segments' });
  const pool = directPool({ geometry, plan, shards: 3, chunkBytes: 1 << 16 });
  try {
    const sum = new PhysicsSum();
    for (const message of await directMessages([source], pool, { geometry, lateness: Infinity, batchRows })) {
      assert.equal(message.late_hits, 0);
      sum.add({ ...message, physics: physicsSchema.parse(message.physics) });
    }
    assert.ok(sum.sum);
    return sum.sum;
  } finally {
    await pool.close();
  }
}

const total = (counts: readonly number[] = []): number => counts.reduce((sum, count) => sum + count, 0);

/** How much there is of what is compared. */
function found({ chambers }: Physics): Record<string, number> {
  const each = Object.values(chambers);
  return {
    four: total(each.map(({ segments }) => segments?.four ?? 0)),
    three: total(each.map(({ segments }) => total(segments?.three))),
    busy: total(each.map(({ segments }) => segments?.busy ?? 0)),
    fail: total(each.map(({ segments }) => total(segments?.probe_fail))),
    drift: total(each.map(({ drift_chambers }) => total(drift_chambers?.counts))),
  };
}

describe('segments of processDirect', () => {
  const detectors: Record<string, Detector> = {
    'the telescope': { geometry: defaultGeometry, physics: defaultPhysics },
    'seven chambers of 48 channels': { geometry: sevenChambers, physics: short },
  };
  for (const [name, { geometry, physics }] of Object.entries(detectors))
    for (const time of ['trigger', 'chambers'] as const)
      it(`of ${name}, timed by ${time}, are those of all combinations by normal equations`, async () => {
        const detector = { geometry, physics: { ...physics, time } };
        const seen: Record<string, number> = {};
        for (let seed = 1; seed <= casesOf(25); seed++) {
          const random = new RandomSource(seed);
          // On a coarse lattice ties decide.
          const rows = muonRows(detector, random, 60, random.pick([1, 1, 24]));
          const source = memorySource(Buffer.from(linesOf(rows, geometry)), 'csv');
          const sum = await published(detector, source, 1 + random.below(4000));
          const expected = physicsOf(rows, geometry, detector.physics);
          assert.deepEqual(comparable(sum, true), comparable(expected, true), `seed ${seed}`);
          for (const [kind, count] of Object.entries(found(sum))) seen[kind] = (seen[kind] ?? 0) + count;
        }
        for (const kind of ['four', 'three', 'busy', 'fail']) assert.ok(seen[kind] > 20, JSON.stringify(seen));
        assert.equal(seen.drift > 20, time === 'chambers');
      });
});

describe('segments of run 591', () => {
  const words = run591Words();
  let detector: Detector;

  before(async () => {
    detector = await loadConfig(fileURLToPath(new URL('../../../../examples/run591.yaml', import.meta.url)));
  });

  for (const time of ['trigger', 'chambers'] as const)
    it(
      `timed by ${time}, are those of all combinations by normal equations, in the fullest orbits`,
      { skip: words === undefined && run591Absent },
      async () => {
        const { geometry } = detector;
        const physics = { ...detector.physics, time };
        const { rows, bytes } = fullestOrbits(words ?? new Uint8Array(), geometry, 400);
        const sum = await published({ geometry, physics }, memorySource(bytes, 'words'), 2000);
        const expected = physicsOf(rows, geometry, physics);
        assert.deepEqual(comparable(sum, true), comparable(expected, true));
        const { four, three, drift } = found(sum);
        assert.ok(four > 20 && three > 20, `${four} and ${three}`);
        assert.equal(drift > 20, time === 'chambers');
      },
    );
});

/** The orbits of a file of words with most rows, as rows and as words, in the order of the file. */
function fullestOrbits(
  words: Uint8Array,
  { chambers, triggers }: Geometry,
  count: number,
): { rows: TimedRow[]; bytes: Uint8Array } {
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const hits = Array.from({ length: words.length / wordBytes }, (_, word) => decodeWord(view, word * wordBytes));
  const perOrbit = new Map<number, number>();
  for (const { orbitCnt } of hits) perOrbit.set(orbitCnt, (perOrbit.get(orbitCnt) ?? 0) + 1);
  const fullest = new Set([...perOrbit].sort(([, a], [, b]) => b - a).slice(0, count).map(([orbit]) => orbit)); // prettier-ignore
  const taken = [...hits.keys()].filter((word) => fullest.has(hits[word].orbitCnt));
  const rows = taken.map((word) => {
    const { fpga, tdcChannel, orbitCnt: orbit, bxCounter: bx, tdcMeas: tdc } = hits[word];
    const chamber = chambers.findIndex(
      (of) => of.fpga === fpga && tdcChannel >= of.channelFirst && tdcChannel < of.channelFirst + of.channels,
    );
    if (chamber >= 0) return { orbit, bx, tdc, chamber, channel: tdcChannel - chambers[chamber].channelFirst };
    const channel = triggers.findIndex((trigger) => trigger.fpga === fpga && trigger.channel === tdcChannel);
    assert.ok(channel >= 0, `run 591 has channel ${fpga}:${tdcChannel}`);
    return { orbit, bx, tdc, channel };
  });
  const bytes = Buffer.concat(taken.map((word) => words.subarray(word * wordBytes, (word + 1) * wordBytes)));
  return { rows, bytes };
}
