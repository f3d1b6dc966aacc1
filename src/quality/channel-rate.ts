import { slotOrbits } from '../domain/slot.js';
import { slotRate } from '../physics/rates.js';
import type { Band } from './bands.js';
import type { ChamberReference } from './quality-reference.js';
import { movedSlotRate, type Side } from './reference-bounds.js';

/** Share of slots with a hit at the edge of the band from which on slots alone say too little: beyond about 200 Hz. */
const busyShare = 0.8;

/** How a channel is counted: slots with a hit, or of each slot the part of its orbits that have one. */
export type CountedBy = 'slots' | 'orbits';

/** A channel's rate in a reference, and what a test assumes of it. */
export class ChannelRate {
  readonly by: CountedBy;
  readonly hz: number;
  readonly #movedHz: number;
  /** What has a hit or none, in s. */
  readonly #spanS: number;

  /**
   * @param active slots with a hit, or orbits with one divided by those of a slot
   * @param side to which the test looks: the rate is moved the other way by its error
   */
  constructor(by: CountedBy, active: number, { slots, slotS, side }: ReferenceTime & { readonly side: Side }) {
    this.by = by;
    this.#spanS = by === 'slots' ? slotS : slotS / slotOrbits;
    this.hz = slotRate(active, slots, this.#spanS)?.hz ?? 0;
    this.#movedHz = movedSlotRate(active, slots, this.#spanS, side);
  }

  /** Share of what has a hit, at a rate in Hz. */
  shareAt(hz: number): number {
    return -Math.expm1(-hz * this.#spanS);
  }

  /** Multiples of the moved rate as shares. */
  sharesOf({ edge, alternative, returnEdge, returnTo }: Band): Band {
    const shareAt = (times: number): number => this.shareAt(times * this.#movedHz);
    return {
      ...{ edge: shareAt(edge), alternative: shareAt(alternative) },
      ...{ returnEdge: shareAt(returnEdge), returnTo: shareAt(returnTo) },
    };
  }

  /** What is observed: the rate in Hz of a share, from sums; null of nothing. */
  observed(active: number, slots: number): number | null {
    return slotRate(active, slots, this.#spanS)?.hz ?? null;
  }
}

interface ReferenceTime {
  /** Live slots of the reference, and their length in s. */
  readonly slots: number;
  readonly slotS: number;
}

/** What a reference says of a channel. */
export interface ChannelCounts {
  readonly activeSlots: number;
  readonly activeOrbits: number;
}

export function channelCounts({ activeSlots, activeOrbits }: ChamberReference, channel: number): ChannelCounts {
  return { activeSlots: activeSlots[channel], activeOrbits: activeOrbits[channel] };
}

/**
 * The rates that a test of a channel goes by: that of its slots and, of one that is to find more hits where nearly all slots
 * have one already, that of its orbits.
 */
export function channelRates(
  { activeSlots, activeOrbits }: ChannelCounts,
  band: Band,
  reference: ReferenceTime & { readonly side: Side },
): [bySlots: ChannelRate, byOrbits?: ChannelRate] {
  const bySlots = new ChannelRate('slots', activeSlots, reference);
  if (reference.side === 'low' || bySlots.sharesOf(band).edge < busyShare) return [bySlots];
  return [bySlots, new ChannelRate('orbits', activeOrbits / slotOrbits, reference)];
}
