import { type Geometry, layerOf, orbitNsOf } from '../../src/domain/geometry.js';
import type { ChamberPhysics, DriftHistogram, Physics } from '../../src/domain/physics-message.js';
import type { PhysicsSettings } from '../../src/domain/physics-settings.js';
import { eventReferences } from './event-references.js';
import { segmentsOf } from './segments.js';

/** A hit or trigger row with its orbit. */
export interface TimedRow {
  readonly orbit: number;
  readonly bx: number;
  readonly tdc: number;
  /** Of a hit; undefined for a trigger row. */
  readonly chamber?: number;
  /** Within the chamber, or the number of the trigger. */
  readonly channel: number;
}

type Counts = Pick<Physics, 'slots' | 'live_s' | 'trigger' | 'chambers'>;

/**
 * What docs/physics.md says of all rows of one run with none late, `full`: written from that page, with sets and
 * filters, one number after the other.
 */
export function physicsOf(rows: readonly TimedRow[], geometry: Geometry, physics: PhysicsSettings): Counts {
  const { clock } = geometry;
  const tickNs = clock.bxNs / clock.bxTdcCounts;
  const orbitTicks = clock.orbitBx * clock.bxTdcCounts;
  const tickOf = ({ bx, tdc }: TimedRow): number => bx * clock.bxTdcCounts + Math.floor(tdc);
  const isTimed = ({ bx }: TimedRow): boolean => bx < clock.orbitBx;
  const slotS = (64 * orbitNsOf(clock)) / 1e9;
  const slotOf = ({ orbit }: TimedRow): number => Math.floor(orbit / 64);
  const slots = [...new Set(rows.map(slotOf))].sort((a, b) => a - b);
  const pauses = slots.slice(1).map((slot, index) => slot - slots[index] - 1);
  const gapSlots = physics.gapSlots ?? Math.ceil(5 / slotS);
  const gaps = pauses.filter((empty) => empty > gapSlots);
  const bridged = pauses.filter((empty) => empty <= gapSlots);
  const live = slots.length + sum(bridged);

  const triggerRows = rows.filter(({ chamber }) => chamber === undefined);
  const timeRows = triggerRows.filter(({ channel }) => geometry.triggers[channel].time);
  const times = (chamber: number, trigger: number): boolean => {
    const { time, chambers } = geometry.triggers[trigger];
    return time && (chambers === 'all' || chambers.includes(chamber));
  };
  const byOrbit = groupBy(rows, ({ orbit }) => String(orbit));
  const referenceOf = (orbit: string, chamber: number): number | undefined => {
    const ticks = (byOrbit.get(orbit) ?? [])
      .filter((row) => row.chamber === undefined && isTimed(row) && times(chamber, row.channel))
      .map(tickOf);
    return ticks.length === 0 ? undefined : Math.min(...ticks);
  };
  const windowOf = (chamber: number): readonly [number, number] => {
    const { t0Ns } = geometry.chambers[chamber];
    const [min, max] = physics.inTimeNs;
    return [Math.ceil((min - t0Ns) / tickNs - 1e-9), Math.floor((max - t0Ns) / tickNs + 1e-9)];
  };
  const isWhole = (reference: number | undefined, chamber: number): boolean | undefined => {
    if (reference === undefined) return undefined;
    const [first, last] = windowOf(chamber);
    return reference + first >= 0 && reference + last <= orbitTicks - 1;
  };
  const isFiducial = (orbit: string, chamber: number): boolean | undefined =>
    isWhole(referenceOf(orbit, chamber), chamber);
  const timeOrbits = groupBy(timeRows, ({ orbit }) => String(orbit));
  const hasTwice = (inOrbit: readonly TimedRow[]): boolean =>
    new Set(inOrbit.map(({ channel }) => channel)).size < inOrbit.length;
  const numbers = geometry.chambers.map((_, chamber) => chamber);
  const isTriggered = geometry.triggers.some(
    ({ time, chambers }) => time && (chambers === 'all' || chambers.length > 0),
  );
  const isByChambers = physics.time === 'auto' ? !isTriggered : physics.time === 'chambers';
  const eventReferencesOf = (inOrbit: readonly TimedRow[]): (number | undefined)[] =>
    eventReferences(
      numbers.map((chamber) =>
        inOrbit
          .filter((row) => row.chamber === chamber && isTimed(row))
          .map((hit) => ({ channel: hit.channel, tick: tickOf(hit) })),
      ),
      { tickNs, velocityUmNs: geometry.driftVelocityUmNs, t0Ns: geometry.chambers.map(({ t0Ns }) => t0Ns) },
    );
  const events = new Map(
    [...byOrbit].map(([orbit, inOrbit]) => [
      orbit,
      isByChambers ? eventReferencesOf(inOrbit) : numbers.map((chamber) => referenceOf(orbit, chamber)),
    ]),
  );

  const chamberOf = (chamber: number): ChamberPhysics => {
    const hits = rows.filter((row) => row.chamber === chamber);
    const channelsIn = (some: readonly TimedRow[]): Set<number> => new Set(some.map(({ channel }) => channel));
    const orbits = groupBy(hits, ({ orbit }) => String(orbit));
    const perOrbit = [...orbits.values()].map(channelsIn);
    const perSlot = [...groupBy(hits, (hit) => String(slotOf(hit))).values()].map(channelsIn);
    const channels = Array.from({ length: 64 }, (_, channel) => channel);
    const count = (sets: readonly Set<number>[]): number[] =>
      channels.map((channel) => sets.filter((set) => set.has(channel)).length);
    const keys = hits.map((hit) => `${hit.orbit} ${hit.channel} ${tickOf(hit)}`);
    const gatedOrbits = [...byOrbit.keys()].filter((orbit) => referenceOf(orbit, chamber) !== undefined);
    const gatedHits = gatedOrbits.flatMap((orbit) => orbits.get(orbit) ?? []);
    const matched = gatedOrbits.filter((orbit) => isFiducial(orbit, chamber));
    const [first, last] = windowOf(chamber);
    const ticksAfter = (hit: TimedRow): number | undefined => {
      const reference = referenceOf(String(hit.orbit), chamber);
      return reference === undefined || !isTimed(hit) ? undefined : tickOf(hit) - reference;
    };
    const isInTime = (hit: TimedRow): boolean => {
      const ticks = ticksAfter(hit);
      return ticks !== undefined && ticks >= first && ticks <= last;
    };
    const activeOrbits = count(perOrbit);
    const eventOrbits = [...events].flatMap(([orbit, { [chamber]: reference }]) =>
      reference === undefined ? [] : [{ reference, inOrbit: orbits.get(orbit) ?? [] }],
    );
    const searched = eventOrbits
      .filter(({ reference }) => isWhole(reference, chamber))
      .map(({ reference, inOrbit }) =>
        inOrbit.filter(isTimed).map((hit) => ({ channel: hit.channel, tick: tickOf(hit) - reference })),
      );
    const afterEvent = eventOrbits.flatMap(({ reference, inOrbit }) =>
      inOrbit.map((hit) => (isTimed(hit) ? tickOf(hit) - reference : undefined)),
    );
    return {
      active_slots: count(perSlot),
      active_orbits: activeOrbits,
      repeats: hits.length - sum(activeOrbits),
      duplicates: keys.length - new Set(keys).size,
      single: count(perOrbit.filter(({ size }) => size === 1)),
      bursts: perOrbit.filter(({ size }) => size > 20).length,
      untimed: hits.filter((hit) => !isTimed(hit)).length,
      layers: [0, 1, 2, 3].map((layer) => hits.filter(({ channel }) => layerOf(channel) === layer).length),
      gated: {
        orbits: gatedOrbits.length,
        matched: matched.length,
        in_time: matched.filter((orbit) => orbits.get(orbit)?.some(isInTime) === true).length,
        hits: gatedHits.length,
        channels: channels.map((channel) => gatedHits.filter((hit) => hit.channel === channel).length),
        active: Array.from(
          { length: 65 },
          (_, active) => gatedOrbits.filter((orbit) => channelsIn(orbits.get(orbit) ?? []).size === active).length,
        ),
      },
      drift: driftOf(gatedHits.map(ticksAfter), chamber),
      ...(isByChambers ? { drift_chambers: driftOf(afterEvent, chamber) } : {}),
      segments: segmentsOf(searched, {
        ...physics.segments,
        ...{ tickNs, velocityUmNs: geometry.driftVelocityUmNs, window: windowOf(chamber) },
        ...{ sigmaXUm: Math.round(1000 * physics.segments.sigmaXMm), channels: geometry.chambers[chamber].channels },
        t0Ns: geometry.chambers[chamber].t0Ns,
      }),
    };
  };
  const driftOf = (ticks: readonly (number | undefined)[], chamber: number): DriftHistogram => {
    const { t0Ns } = geometry.chambers[chamber];
    const tickFirst = Math.ceil((physics.driftFromNs - t0Ns) / tickNs - 1e-9);
    const bins = ticks.map((tick) =>
      tick === undefined ? Infinity : Math.floor((tick - tickFirst) / physics.ticksBin),
    );
    return {
      tick_first: tickFirst,
      ticks_bin: physics.ticksBin,
      offset_ns: (tickFirst - 0.5) * tickNs + t0Ns,
      under: bins.filter((bin) => bin < 0).length,
      over: bins.filter((bin) => bin >= physics.bins).length,
      counts: Array.from({ length: physics.bins }, (_, bin) => bins.filter((each) => each === bin).length),
    };
  };

  const orbitsWithTime = [...timeOrbits.keys()];
  return {
    slots: {
      live,
      lit: slots.length,
      first: slots.length === 0 ? null : slots[0] % 2 ** 26,
      last: slots.length === 0 ? null : slots[slots.length - 1] % 2 ** 26,
      gaps: gaps.length,
      gap_slots: sum(gaps),
    },
    live_s: live * slotS,
    trigger: {
      rows: geometry.triggers.map((_, trigger) => triggerRows.filter(({ channel }) => channel === trigger).length),
      orbits: orbitsWithTime.length,
      multiple: [...timeOrbits.values()].filter(hasTwice).length,
      border: orbitsWithTime.filter((orbit) => numbers.some((chamber) => isFiducial(orbit, chamber) === false)).length,
      rate_hz: live === 0 ? null : orbitsWithTime.length / (live * slotS),
    },
    chambers: Object.fromEntries(numbers.map((chamber) => [chamber, chamberOf(chamber)])),
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
