import assert from 'node:assert/strict';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import type { BoxFit, SegmentCounts } from '../../src/domain/physics-message.js';
import { physicsPlan } from '../../src/domain/physics-plan.js';
import { defaultPhysics } from '../../src/domain/physics-settings.js';
import { PhysicsSum } from '../../src/domain/physics-sum.js';
import { fitBox } from '../../src/physics/box-fit.js';
import { segmentTotals } from '../../src/physics/segment-counts.js';
import type { ByteSource } from '../../src/pipeline/direct/loaded-chunks.js';
import type { SimulatorOptions } from '../../src/sources/simulator/options.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import { TruthLines } from '../../src/sources/simulator/truth.js';
import { directPool, directStream } from '../helpers/program/direct.js';
import { type OrbitRows, OrbitCollector } from './orbit-rows.js';
import { type ChamberJudgement, SegmentJudge } from './segment-judge.js';
import type { TruthMuon } from './truth-muon.js';

export interface TruthOptions {
  readonly muons: number;
  readonly simulator: SimulatorOptions;
  /** Error of a position that segments are searched with, in mm. */
  readonly sigmaXMm: number;
}

export interface TruthOutcome {
  readonly rows: number;
  /** Live seconds of the detector. */
  readonly liveS: number;
  /** By chamber: segments as `src/physics` finds them, which are those of the messages. */
  readonly judgements: readonly ChamberJudgement[];
  /** By chamber: what the messages add up to. */
  readonly published: readonly SegmentCounts[];
  /** By chamber: the same of muons that cross all four layers. */
  readonly inside: readonly SegmentCounts[];
  /** By chamber: fits of the drift times of messages, each of messages of its own. */
  readonly boxes: readonly (readonly BoxFit[])[];
}

const geometry = defaultGeometry;
/** Rows of a message: less than a second of the detector. */
const batchRows = 5000;
/** Entries of a fit, at least. */
const boxEntries = 3000;
/** Muons after the last one that is judged: in 6 s every hit of it has come. */
const muonsAfter = 1000;

/** Half a cell by the drift velocity, in ns: how long the time box was made. */
export const boxWidthNs = 21_000 / geometry.driftVelocityUmNs;

/**
 * Simulates muons, processes their rows as `dtstream process` does, and compares what comes of it with the truth. What it
 * holds does not grow with the number of muons.
 *
 * @throws AssertionError when segments by orbit do not add up to those of the messages
 */
export async function runTruth({ muons, simulator, sigmaXMm }: TruthOptions): Promise<TruthOutcome> {
  const physics = { ...defaultPhysics, segments: { ...defaultPhysics.segments, sigmaXMm } };
  const plan = physicsPlan(geometry, physics, { isFull: true, hash: 'truth' });
  const judge = new SegmentJudge(geometry, plan);
  const source = judgedSource(simulator, muons, judge);
  const sum = new PhysicsSum();
  const boxes = plan.chambers.map(() => new BoxFits());
  let rows = 0;
  const pool = directPool({ plan, chunkBytes: 1 << 20 });
  try {
    for await (const message of directStream([source], pool, { batchRows, detail: 'none' })) {
      assert.equal(message.late_hits, 0);
      rows += message.ledger.rows_read;
      sum.add(message);
      boxes.forEach((box, chamber) => box.add(message, chamber));
    }
  } finally {
    await pool.close();
  }
  assert.ok(sum.sum !== undefined && sum.sum !== null);
  const { live_s: liveS, chambers } = sum.sum;
  const published = plan.chambers.map((_, chamber) => {
    const { segments } = chambers[String(chamber)];
    assert.ok(segments !== undefined);
    assert.deepEqual(segmentTotals(judge.counts.values, chamber), segments);
    return segments;
  });
  const inside = plan.chambers.map((_, chamber) => segmentTotals(judge.countsInside.values, chamber));
  return { rows, liveS, judgements: judge.chambers, published, inside, boxes: boxes.map(({ fits }) => fits) };
}

/** The words of a simulation; whoever reads them has them judged against the truth, up to a number of muons. */
function judgedSource(simulator: SimulatorOptions, muons: number, judge: SegmentJudge): ByteSource {
  const truth = new TruthLines();
  const source = openSimulator({ ...simulator, geometry, format: 'words' }, truth);
  const waiting = new Map<number, TruthMuon[]>();
  const collector = new OrbitCollector(geometry, (orbit: number, rows: OrbitRows) => {
    judge.judge(rows, waiting.get(orbit) ?? []);
    waiting.delete(orbit);
  });
  let last = 0;
  let rest = Buffer.alloc(0);
  return {
    name: 'simulator',
    format: 'words',
    get bytesDone() {
      return source.bytesDone;
    },
    read: async (target) => {
      const size = last < muons + muonsAfter ? await source.read(target) : 0;
      for (const line of truth.take().split('\n')) {
        const muon = line === '' ? {} : (JSON.parse(line) as Partial<TruthMuon>);
        if (muon.muon === undefined) continue;
        last = muon.muon;
        const { orbit } = muon as TruthMuon;
        if (last > muons) continue;
        const others = waiting.get(orbit);
        if (others === undefined) waiting.set(orbit, [muon as TruthMuon]);
        else others.push(muon as TruthMuon);
      }
      // A read may end within a word.
      const bytes = Buffer.concat([rest, target.subarray(0, size)]);
      const whole = bytes.length - (bytes.length % 8);
      collector.add(bytes.subarray(0, whole));
      rest = bytes.subarray(whole);
      if (size === 0) collector.end();
      return size;
    },
    close: () => source.close(),
  };
}

/** Fits of one chamber's drift times, each of as many messages as give enough entries. */
class BoxFits {
  readonly fits: BoxFit[] = [];
  #counts: number[] = [];

  add({ physics }: BatchMessage, chamber: number): void {
    assert.ok(physics !== undefined && physics !== null);
    const { drift } = physics.chambers[String(chamber)];
    this.#counts = drift.counts.map((count, bin) => count + (this.#counts[bin] ?? 0));
    if (this.#counts.reduce((sum, count) => sum + count, 0) < boxEntries) return;
    const tickNs = geometry.clock.bxNs / geometry.clock.bxTdcCounts;
    const histogram = { counts: this.#counts, offsetNs: drift.offset_ns, binNs: drift.ticks_bin * tickNs };
    this.fits.push(fitBox(histogram, geometry.driftVelocityUmNs));
    this.#counts = [];
  }
}
