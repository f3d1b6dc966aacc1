import { channelLayers } from '../physics/cells.js';
import { slotRate } from '../physics/rates.js';
import type { Band } from './bands.js';
import { BinomialIncrement, PoissonIncrement } from './detector.js';
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

/** Active slots of a channel against those of its reference; observed is the rate in Hz. */
export class SlotStatistic extends ShareStatistic {
  readonly #slotS: number;

  /**
   * @param band multiples of the rate
   * @param movedHz rate of the reference that the test assumes
   */
  constructor(
    { chamber, channel }: { readonly chamber: number; readonly channel: number },
    band: Band,
    { value, movedHz, slotS }: { readonly value: number; readonly movedHz: number; readonly slotS: number },
  ) {
    const shareAt = (times: number): number => -Math.expm1(-times * movedHz * slotS);
    const shares = {
      edge: shareAt(band.edge),
      alternative: shareAt(band.alternative),
      returnEdge: shareAt(band.returnEdge),
      returnTo: shareAt(band.returnTo),
    };
    super({ n: ({ chambers }) => chambers[chamber].active_slots[channel], of: ({ slots }) => slots }, shares, {
      value,
      hasReference: true,
    });
    this.#slotS = slotS;
  }

  override observed(count: number, of: number): number | null {
    return slotRate(count, of, this.#slotS)?.hz ?? null;
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
