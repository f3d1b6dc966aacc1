import type { Summary } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import type { Physics } from '../../domain/physics-message.js';
import { physicsOf } from '../../domain/physics-of.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import type { LogReader } from '../../transport/transport.js';
import type { LaneCheckpoint } from '../consume/lane-checkpoint.js';
import type { Differences } from './difference.js';
import type { HistoryEntry, LaneHistory } from './lane-history.js';
import { LaneRecount, type Recount } from './lane-recount.js';
import { WholeRecount } from './whole-recount.js';
import { addHash } from './orbit-tally.js';
import { physicsBins } from './physics-bins.js';
import type { RecountedPhysics } from './physics-recount.js';
import { RawFeed } from './raw-feed.js';
import { type Bins, ledgerBins, orbitBins, readCounts, sumBins, sumsOfRecount } from './sum-bins.js';

export interface CompareOptions {
  readonly producer: string;
  readonly topic: string;
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
  readonly checkpoint: LaneCheckpoint;
  readonly waitRowsMax?: number;
  /** Called after each message with the number of rows counted. */
  readonly onRows: (rows: number) => void;
}

/** Where the entries begin in each partition that they read from. */
export function startsOf(entries: readonly HistoryEntry[]): Map<number, number> {
  const starts = new Map<number, number>();
  for (const { input } of entries) {
    for (const [partition, from] of input) if (!starts.has(partition)) starts.set(partition, from);
  }
  return starts;
}

/**
 * Recounts the rows of a lane's messages and compares: counts taken when rows are read, message by message; counts taken
 * when orbits are published, in the sum. Only entries from {@link LaneHistory.comparedFrom} on are compared.
 *
 * @param reader opened at {@link startsOf} of the history's entries
 */
export async function compareLane(
  history: LaneHistory,
  reader: LogReader,
  options: CompareOptions,
  differences: Differences,
): Promise<void> {
  const { producer, topic, geometry, plan, checkpoint, onRows } = options;
  const { entries, comparedFrom } = history;
  const feed = new RawFeed(reader, topic, { starts: startsOf(entries), geometry });
  const needed = new Map([...checkpoint.lane.partitions].map(([partition, state]) => [partition, state.needed]));
  const chambers = geometry.chambers.length;
  const { hasSegments } = history.physics;
  const said = physicsOf(history.sum);
  const isPhysicsCompared = said !== undefined && history.physics.obstacle(plan, history.sum) === undefined;
  const physics = isPhysicsCompared ? { geometry, plan, hasSegments, rawSlotBefore: history.lit.rawSlot } : undefined;
  const recount = history.isWhole
    ? new WholeRecount({ chambers, physics })
    : new LaneRecount({ ...options, chambers, needed, physics });
  const lastEntry = new Map(entries.flatMap(({ id, input }) => input.map(([partition]) => [partition, id])));
  let left = recountedBins(recount, geometry);
  for (const [index, { id, input, ledger }] of entries.entries()) {
    // Nothing is open here: what was counted so far is not of the part.
    if (index === comparedFrom) {
      left = recountedBins(recount, geometry);
      recount.physics?.restart();
    }
    const before = ledgerBins(readCounts(recount.counts));
    for (const [partition, , to] of input) {
      await feed.take(partition, to, (rows, from, end) => recount.add(partition, rows, from, end));
    }
    const saidBins = ledgerBins(ledger);
    for (const [bin, count] of index < comparedFrom ? [] : ledgerBins(readCounts(recount.counts))) {
      differences.check(`${producer} msg_ID ${id}: ${bin}`, count - (before.get(bin) ?? 0), saidBins.get(bin));
    }
    if (ledger.carried_out === 0) recount.flush();
    recount.settle(new Set([...lastEntry].filter(([, last]) => last > id).map(([partition]) => partition)));
    onRows(recount.counts.rowsRead);
  }
  recount.finish(checkpoint.lane);
  const name = `${producer} sum`;
  const counted = recountedBins(recount, geometry);
  compareSums(
    name,
    { sums: minus(counted.sums, left.sums), orbits: minus(counted.orbits, left.orbits) },
    history.sum,
    differences,
  );
  if (recount.physics !== undefined && said !== undefined) {
    const isFirstGone = history.older > 0 && comparedFrom === 0 && physics?.rawSlotBefore === undefined;
    const { counts: recounted } = recount.physics;
    const expected = isFirstGone ? { ...recounted, slots: bridged(recounted.slots, said.slots, plan) } : recounted;
    comparePhysics(name, { expected, said, hasSegments }, differences);
  }
  if (history.sum.late_orbits === 0 && history.listHash !== undefined) {
    const hash = addHash(counted.listHash, -left.listHash);
    differences.check(`${name}: active_tdc_chamber, hash of all lists`, hash, history.listHash);
  }
}

/** What a recount has come to. */
interface RecountedBins {
  readonly sums: Bins;
  readonly orbits: Bins;
}

function recountedBins(recount: Recount, geometry: Geometry): RecountedBins & { readonly listHash: number } {
  const sums = sumsOfRecount(recount, geometry);
  return { sums: sumBins(sums), orbits: orbitBins(sums), listHash: recount.tally.listHash };
}

function minus(bins: Bins, less: Bins): Bins {
  return new Map([...bins].map(([bin, count]) => [bin, count - (less.get(bin) ?? 0)]));
}

/** With late orbits, of which messages count a part only, orbits are compared as far as they can be. */
function compareSums(name: string, recount: RecountedBins, said: Summary, differences: Differences): void {
  compareBins(name, recount.sums, sumBins(said), differences);
  if (said.late_orbits === 0) {
    compareBins(name, recount.orbits, orbitBins(said), differences);
    return;
  }
  const orbits = recount.orbits.get('orbits') ?? 0;
  const least = Math.max(0, orbits - said.late_orbits);
  differences.check(`${name}: orbits`, Math.min(Math.max(said.orbits, least), orbits), said.orbits);
}

function comparePhysics(
  name: string,
  { expected, said, hasSegments }: { expected: RecountedPhysics; said: Physics; hasSegments: boolean },
  differences: Differences,
): void {
  const counted = physicsBins(expected, { hasSegments });
  const got = physicsBins(said, { hasSegments });
  for (const bin of new Set([...counted.keys(), ...got.keys()])) {
    differences.check(`${name}: ${bin}`, String(counted.get(bin)), String(got.get(bin)));
  }
}

/** The slots with a pause before the first one, live or not, which messages that are gone have begun. */
function bridged(slots: Physics['slots'], said: Physics['slots'], { gapSlots }: PhysicsPlan): Physics['slots'] {
  const pause = said.gap_slots - slots.gap_slots;
  if (said.gaps === slots.gaps + 1 && pause > gapSlots) {
    return { ...slots, gaps: said.gaps, gap_slots: said.gap_slots };
  }
  const bridge = said.live - slots.live;
  return bridge > 0 && bridge <= gapSlots ? { ...slots, live: said.live } : slots;
}

function compareBins(name: string, expected: Bins, got: Bins, differences: Differences): void {
  for (const bin of new Set([...expected.keys(), ...got.keys()])) {
    differences.check(`${name}: ${bin}`, expected.get(bin) ?? 0, got.get(bin) ?? 0);
  }
}
