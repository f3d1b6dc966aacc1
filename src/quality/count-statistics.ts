import { channelLayers } from '../physics/cells.js';
import { slotRate } from '../physics/rates.js';
import type { Band } from './bands.js';
import { BinomialIncrement, PoissonIncrement } from './detector.js';
import type { LookSums } from './look.js';
import type { Measure, NoMeasure, Statistic } from './statistic.js';

/** `n` of `of` in a look; undefined where its messages do not say it. */
type Count = (look: LookSums) => { readonly n: number; readonly of: number } | undefined;

const noSegments: NoMeasure = { why: 'the messages have no segments (process --physics full)', keepsAlarm: false };

/** A share against a band of shares. */
export class ShareStatistic implements Statistic {
  readonly value: number;
  readonly hasReference: boolean;
  readonly #count: Count;
  readonly #increment: BinomialIncrement;
  readonly #return: BinomialIncrement;

  constructor(count: Count, band: Band, { value, hasReference }: { value: number; hasReference: boolean }) {
    this.#count = count;
    this.value = value;
    this.hasReference = hasReference;
    this.#increment = new BinomialIncrement(band.edge, band.alternative);
    this.#return = new BinomialIncrement(band.returnEdge, band.returnTo);
  }

  measure(look: LookSums): Measure | NoMeasure {
    const counted = this.#count(look);
    if (counted === undefined) return noSegments;
    const { n, of } = counted;
    return {
      ...{ count: n, of, expected: this.#increment.expected(of) },
      ...{ increments: [this.#increment.of(n, of)], returns: [this.#return.of(n, of)] },
    };
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
    const count: Count = ({ chambers, slots }) => ({ n: chambers[chamber].active_slots[channel], of: slots });
    super(count, shares, { value, hasReference: true });
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
    return {
      ...{ count: n, of: look.liveS, expected: this.#increment.expected(mean) },
      ...{ increments: [this.#increment.of(n, mean)], returns: [this.#return.of(n, mean)] },
    };
  }

  observed(count: number, of: number): number | null {
    return of > 0 ? count / of : null;
  }
}

/** Probes of some channels of a chamber: passed, of all. */
export function probesOf(chamber: number, channels: readonly number[]): Count {
  return ({ chambers }) => {
    const { segments } = chambers[chamber];
    if (segments === undefined) return undefined;
    const n = sumOf(segments.probe_pass, channels);
    return { n, of: n + sumOf(segments.probe_fail, channels) };
  };
}

/** Channels of a layer among the first `channels` of a chamber. */
export function channelsOfLayer(layer: number, channels: number): number[] {
  return [...channelLayers.subarray(0, channels)].flatMap((of, channel) => (of === layer ? [channel] : []));
}

export function sumOf(counts: readonly number[], channels: readonly number[]): number {
  return channels.reduce((sum, channel) => sum + counts[channel], 0);
}
