import { slotOrbits } from '../domain/slot.js';
import { channelLayers } from '../physics/cells.js';
import type { Band } from './bands.js';
import type { ChannelRate } from './channel-rate.js';
import { BinomialIncrement, meanIncrement, PoissonIncrement } from './detector.js';
import type { LookSums } from './look.js';
import { emptyMeasure, type Measure, type NoMeasure, type Statistic } from './statistic.js';

/** What is counted in a look, and of how much. */
interface ShareCount {
  /** Undefined where the messages do not say it. */
  readonly n: (look: LookSums) => number | undefined;
  readonly of: (look: LookSums, n: number) => number;
}

const noSegments: NoMeasure = { why: 'the messages have no segments (process --physics full)', keepsAlarm: false };

/** A share against a band of shares. */
export class ShareStatistic implements Statistic {
  readonly value: number;
  readonly hasReference: boolean;
  readonly #count: ShareCount;
  readonly #measure = emptyMeasure(1);
  readonly #increment: BinomialIncrement;
  readonly #return: BinomialIncrement;

  constructor(count: ShareCount, band: Band, { value, hasReference }: { value: number; hasReference: boolean }) {
    this.#count = count;
    this.value = value;
    this.hasReference = hasReference;
    this.#increment = new BinomialIncrement(band.edge, band.alternative);
    this.#return = new BinomialIncrement(band.returnEdge, band.returnTo);
  }

  measure(look: LookSums): Measure | NoMeasure {
    const n = this.#count.n(look);
    if (n === undefined) return noSegments;
    const of = this.#count.of(look, n);
    const measure = this.#measure;
    measure.count = n;
    measure.of = of;
    measure.expected = this.#increment.expected(of);
    measure.increments[0] = this.#increment.of(n, of);
    measure.returns[0] = this.#return.of(n, of);
    return measure;
  }

  observed(count: number, of: number): number | null {
    return of > 0 ? count / of : null;
  }
}

interface ChannelPlace {
  readonly chamber: number;
  readonly channel: number;
}

/** What a channel has counted against its reference; observed is the rate in Hz. */
export class ChannelStatistic extends ShareStatistic {
  readonly #rate: ChannelRate;

  /** @param band multiples of the rate */
  constructor({ chamber, channel }: ChannelPlace, band: Band, rate: ChannelRate) {
    const n =
      rate.by === 'slots'
        ? ({ chambers }: LookSums) => chambers[chamber].active_slots[channel]
        : ({ chambers }: LookSums) => chambers[chamber].active_orbits[channel] / slotOrbits;
    super({ n, of: ({ slots }) => slots }, rate.sharesOf(band), { value: rate.hz, hasReference: true });
    this.#rate = rate;
  }

  override observed(count: number, of: number): number | null {
    return this.#rate.observed(count, of);
  }
}

/** The slots and the orbits of a channel together; observed is the rate of its orbits. */
export class BusyChannelStatistic extends ChannelStatistic {
  readonly #bySlots: ChannelStatistic;

  constructor(at: ChannelPlace, band: Band, [bySlots, byOrbits]: readonly [ChannelRate, ChannelRate]) {
    super(at, band, byOrbits);
    this.#bySlots = new ChannelStatistic(at, band, bySlots);
  }

  override measure(look: LookSums): Measure | NoMeasure {
    const [slots, orbits] = [this.#bySlots.measure(look), super.measure(look)];
    if ('why' in slots || 'why' in orbits) return orbits;
    orbits.expected = meanIncrement(slots.expected, orbits.expected);
    orbits.increments[0] = meanIncrement(slots.increments[0], orbits.increments[0]);
    orbits.returns[0] = meanIncrement(slots.returns[0], orbits.returns[0]);
    return orbits;
  }
}

/** Events of a rate in Hz against a reference. */
export class RateStatistic implements Statistic {
  readonly value: number;
  readonly hasReference = true;
  readonly #count: (look: LookSums) => number;
  readonly #increment: PoissonIncrement;
  readonly #return: PoissonIncrement;
  readonly #movedHz: number;
  readonly #measure = emptyMeasure(1);

  constructor(
    count: (look: LookSums) => number,
    { edge, alternative, returnEdge, returnTo }: Band,
    { value, movedHz, dispersion }: { readonly value: number; readonly movedHz: number; readonly dispersion: number },
  ) {
    this.#count = count;
    this.value = value;
    this.#movedHz = movedHz;
    this.#increment = new PoissonIncrement(edge, alternative, dispersion);
    this.#return = new PoissonIncrement(returnEdge, returnTo, dispersion);
  }

  measure(look: LookSums): Measure {
    const n = this.#count(look);
    const mean = this.#movedHz * look.liveS;
    const measure = this.#measure;
    measure.count = n;
    measure.of = look.liveS;
    measure.expected = this.#increment.expected(mean);
    measure.increments[0] = this.#increment.of(n, mean);
    measure.returns[0] = this.#return.of(n, mean);
    return measure;
  }

  observed(count: number, of: number): number | null {
    return of > 0 ? count / of : null;
  }
}

/** Probes of some channels of a chamber: passed, of all. */
export function probesOf(chamber: number, channels: readonly number[]): ShareCount {
  return {
    n: ({ chambers }) => {
      const { segments } = chambers[chamber];
      return segments && sumOf(segments.probe_pass, channels);
    },
    of: ({ chambers }, passed) => passed + sumOf(chambers[chamber].segments?.probe_fail ?? [], channels),
  };
}

/** Channels of a layer among the first `channels` of a chamber. */
export function channelsOfLayer(layer: number, channels: number): number[] {
  return [...channelLayers.subarray(0, channels)].flatMap((of, channel) => (of === layer ? [channel] : []));
}

export function sumOf(counts: readonly number[], channels: readonly number[]): number {
  let sum = 0;
  for (const channel of channels) sum += counts[channel];
  return sum;
}
