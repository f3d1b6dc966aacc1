import type { BatchMessage, Ledger, Summary } from '../domain/batch-message.js';
import type { ChamberPhysics, DriftHistogram, Physics } from '../domain/physics-message.js';
import { physicsOf } from '../domain/physics-of.js';
import { rejectedRows } from '../domain/rejected-rows.js';
import { DtstreamError } from '../errors.js';
import type { ChamberReference, QualityReference } from './quality-reference.js';

/** What a reference is made of. */
export type ReferenceMessage = Pick<BatchMessage, 'batch' | 'lanes' | 'ledger' | 'active_channels_chamber' | 'physics'>;

/** Digits of live time that is added up: the same in any order. */
const digits = 12;

/** Adds messages of one configuration up to a reference. */
export class ReferenceSum {
  readonly #name: string;
  readonly #excluded = new Map<number, Set<number>>();
  /** Live time of all messages, by the number of lanes that each say: each lane's is that of the detector. */
  readonly #live = new Map<number, { slots: number; liveS: number }>();
  #sum: QualityReference | undefined;

  /** @param name where the messages are from, for words */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Adds a message of any lane; one without physics adds nothing.
   *
   * @throws DtstreamError `usage` for a message of another configuration than those before
   */
  add(message: ReferenceMessage): void {
    const { lanes } = message;
    const physics = physicsOf(message);
    if (physics === undefined) return;
    const part = ofMessage(message, physics, this.#name);
    this.#sum = this.#sum === undefined ? part : addReferences(this.#sum, part);
    const live = this.#live.get(lanes) ?? { slots: 0, liveS: 0 };
    this.#live.set(lanes, { slots: live.slots + physics.slots.live, liveS: live.liveS + physics.live_s });
  }

  /** Gives a channel no reference: it was in alarm. @param channel 0-63, within the chamber */
  exclude({ chamber, channel }: { readonly chamber: number; readonly channel: number }): void {
    const channels = this.#excluded.get(chamber) ?? new Set();
    this.#excluded.set(chamber, channels.add(channel));
  }

  /** Undefined before the first message with physics. */
  get reference(): QualityReference | undefined {
    if (this.#sum === undefined) return undefined;
    const chambers = this.#sum.chambers.map((chamber, index) => ({
      ...chamber,
      notLearned: union(chamber.notLearned, this.#excluded.get(index) ?? []),
    }));
    let [slots, liveS] = [0, 0];
    for (const [lanes, live] of this.#live) {
      slots = addTime(slots, live.slots / lanes);
      liveS = addTime(liveS, live.liveS / lanes);
    }
    return { ...this.#sum, slots, liveS, chambers };
  }
}

/**
 * The reference of the messages of both. What is not learned in one of them is not learned in the sum.
 *
 * @throws DtstreamError `usage` where they are of different configurations
 */
export function addReferences(one: QualityReference, other: QualityReference): QualityReference {
  if (one.geometry !== other.geometry) {
    const got = `${one.geometry} of ${one.name} and ${other.geometry} of ${other.name}`;
    throw new DtstreamError('usage', `cannot add references: they must be of one configuration, got geometry ${got}`);
  }
  const learned = spanOf(one.learned, other.learned);
  const times = spanOf(one.times, other.times);
  return {
    geometry: one.geometry,
    name: one.name === other.name ? one.name : `${one.name} + ${other.name}`,
    ...(learned && { learned }),
    ...(times && { times }),
    slots: addTime(one.slots, other.slots),
    liveS: addTime(one.liveS, other.liveS),
    triggerOrbits: one.triggerOrbits + other.triggerOrbits,
    rowsRead: one.rowsRead + other.rowsRead,
    corrupt: one.corrupt + other.corrupt,
    ...(one.rejected !== undefined && other.rejected !== undefined && { rejected: one.rejected + other.rejected }),
    orbits: orbitsOf(one, other),
    chambers: one.chambers.map((chamber, index) => addChambers(chamber, other.chambers[index])),
  };
}

/** The counts of one message; live time is that of its lane. */
function ofMessage(message: ReferenceMessage, physics: Physics, name: string): QualityReference {
  const { opened, closed, orbit_first: first, orbit_last: last } = message.batch;
  return {
    ...ofSums(message, physics),
    name,
    times: [opened, closed],
    orbits: first === null || last === null ? null : [first, last],
  };
}

/** The counts that a summary of messages of one lane holds; undefined without physics. @param name for words */
export function referenceOfSummary(summary: Summary, name: string): QualityReference | undefined {
  const { about } = summary;
  const physics = physicsOf(summary);
  if (physics === undefined) return undefined;
  const { from = null, to = null, orbit = null } = about ?? {};
  return {
    ...ofSums(summary, physics),
    name,
    ...(from !== null && to !== null && { times: [from, to] as const }),
    orbits: orbit,
  };
}

/** Rejected rows; `corrupt` are these and those of no channel. */
export function corruptRows({ rejected: byRule, dropped }: Ledger) {
  const rejected = rejectedRows(byRule);
  return { corrupt: rejected + dropped.channel, rejected };
}

function ofSums(
  { ledger, active_channels_chamber }: Pick<Summary, 'ledger' | 'active_channels_chamber'>,
  physics: Physics,
): Omit<QualityReference, 'name' | 'times' | 'orbits'> {
  return {
    geometry: physics.geometry,
    slots: physics.slots.live,
    liveS: physics.live_s,
    triggerOrbits: physics.trigger.orbits,
    rowsRead: ledger.rows_read,
    ...corruptRows(ledger),
    chambers: Object.keys(physics.chambers).map((_, chamber) =>
      ofChamber(physics.chambers[chamber], active_channels_chamber[chamber]),
    ),
  };
}

function ofChamber(chamber: ChamberPhysics, active: readonly number[]): ChamberReference {
  const { segments, drift_chambers: driftChambers, gated } = chamber;
  return {
    activeSlots: chamber.active_slots,
    activeOrbits: chamber.active_orbits,
    single: chamber.single,
    gated: gated.channels,
    active,
    // Those of closed orbits, as all else.
    hits: total(chamber.layers),
    repeats: chamber.repeats,
    bursts: chamber.bursts,
    matched: gated.matched,
    inTime: gated.in_time,
    drift: chamber.drift,
    ...(driftChambers && { driftChambers }),
    ...(segments && { segments: segmentsOf(segments) }),
    notLearned: [],
  };
}

type Segments = NonNullable<ChamberReference['segments']>;

function segmentsOf({ events, slope, x_mm, chi2, probe_pass, probe_fail }: Segments): Segments {
  return { events, slope, x_mm, chi2, probe_pass, probe_fail };
}

function addChambers(one: ChamberReference, other: ChamberReference): ChamberReference {
  const driftChambers = addWhere(one.driftChambers, other.driftChambers, addDrift);
  const segments = addWhere(one.segments, other.segments, addSegments);
  return {
    activeSlots: addLists(one.activeSlots, other.activeSlots),
    activeOrbits: addLists(one.activeOrbits, other.activeOrbits),
    single: addLists(one.single, other.single),
    gated: addLists(one.gated, other.gated),
    active: addLists(one.active, other.active),
    hits: one.hits + other.hits,
    repeats: one.repeats + other.repeats,
    bursts: one.bursts + other.bursts,
    matched: one.matched + other.matched,
    inTime: one.inTime + other.inTime,
    drift: addDrift(one.drift, other.drift),
    ...(driftChambers && { driftChambers }),
    ...(segments && { segments }),
    notLearned: union(one.notLearned, other.notLearned),
  };
}

function addDrift(one: DriftHistogram, other: DriftHistogram): DriftHistogram {
  const counts = addLists(one.counts, other.counts);
  return { ...one, under: one.under + other.under, over: one.over + other.over, counts };
}

function addSegments(one: Segments, other: Segments): Segments {
  return {
    events: one.events + other.events,
    slope: addLists(one.slope, other.slope),
    x_mm: addLists(one.x_mm, other.x_mm),
    chi2: addLists(one.chi2, other.chi2),
    probe_pass: addLists(one.probe_pass, other.probe_pass),
    probe_fail: addLists(one.probe_fail, other.probe_fail),
  };
}

/** Messages with `--physics counts` have no segments: what others have is divided by its own events. */
function addWhere<T>(one: T | undefined, other: T | undefined, add: (one: T, other: T) => T): T | undefined {
  return one !== undefined && other !== undefined ? add(one, other) : (one ?? other);
}

function addLists(one: readonly number[], other: readonly number[]): number[] {
  return one.map((value, index) => value + other[index]);
}

function addTime(one: number, other: number): number {
  return Number((one + other).toPrecision(digits));
}

/** First and last raw orbit, by the time of their messages: the counter wraps. */
function orbitsOf(one: QualityReference, other: QualityReference): QualityReference['orbits'] {
  if (one.orbits === null || other.orbits === null) return one.orbits ?? other.orbits;
  const [isFirst, isLast] = [0, 1].map((end) => (one.times?.[end] ?? '') <= (other.times?.[end] ?? ''));
  return [isFirst ? one.orbits[0] : other.orbits[0], isLast ? other.orbits[1] : one.orbits[1]];
}

type Span = readonly [from: string, to: string];

/** ISO 8601 times in UTC are in order as text. */
function spanOf(one: Span | undefined, other: Span | undefined): Span | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return [one[0] < other[0] ? one[0] : other[0], one[1] > other[1] ? one[1] : other[1]];
}

function union(one: Iterable<number>, other: Iterable<number>): number[] {
  return [...new Set([...one, ...other])].sort((a, b) => a - b);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
