import { chamberChannels } from '../domain/geometry.js';
import type { Band } from './bands.js';
import { BinomialIncrement } from './detector.js';
import type { LookSums } from './look.js';
import { emptyMeasure, type Measure, type NoMeasure, type Statistic } from './statistic.js';

/** Steps in channel number to the cells beside one in its layer. */
const steps = [-8, -4, 4, 8] as const;

const noNeighbours: NoMeasure = { why: 'no cell beside it that works', keepsAlarm: true };

/** Which channels may be compared with, by chamber: not those in alarm of a neighbour test themselves. */
export class Comparable {
  readonly #excluded: readonly Uint8Array[];

  constructor(chambers: number) {
    this.#excluded = Array.from({ length: chambers }, () => new Uint8Array(chamberChannels));
  }

  excludeOnly(channels: readonly { readonly chamber: number; readonly channel: number }[]): void {
    for (const flags of this.#excluded) flags.fill(0);
    for (const { chamber, channel } of channels) this.#excluded[chamber][channel] = 1;
  }

  has(chamber: number, channel: number): boolean {
    return this.#excluded[chamber][channel] === 0;
  }
}

/** The cells beside a channel in its layer, up to two to each side, that a chamber has. */
export function cellsBeside(channel: number, channels: number): number[] {
  return steps.map((step) => channel + step).filter((other) => other >= 0 && other < channels);
}

/** Active slots of a channel against the mean of the cells beside it, without a reference; observed is their ratio. */
export class NeighbourStatistic implements Statistic {
  readonly value: number;
  readonly hasReference = false;
  readonly #chamber: number;
  readonly #channel: number;
  readonly #beside: readonly number[];
  readonly #comparable: Comparable;
  readonly #measure = emptyMeasure(1);
  /** By number of neighbours. */
  readonly #increments: readonly BinomialIncrement[];
  readonly #returns: readonly BinomialIncrement[];

  constructor(
    { chamber, channel }: { readonly chamber: number; readonly channel: number },
    beside: readonly number[],
    comparable: Comparable,
    { edge, alternative, returnEdge, returnTo }: Band,
  ) {
    this.value = edge;
    this.#chamber = chamber;
    this.#channel = channel;
    this.#beside = beside;
    this.#comparable = comparable;
    const ofAll = (low: number, high: number): BinomialIncrement[] =>
      Array.from({ length: steps.length + 1 }, (_, m) => new BinomialIncrement(low / (low + m), high / (high + m)));
    this.#increments = ofAll(edge, alternative);
    this.#returns = ofAll(returnEdge, returnTo);
  }

  measure({ chambers }: LookSums): Measure | NoMeasure {
    const { active_slots: slots } = chambers[this.#chamber];
    let neighbours = 0;
    let theirs = 0;
    for (const channel of this.#beside) {
      if (!this.#comparable.has(this.#chamber, channel)) continue;
      neighbours++;
      theirs += slots[channel];
    }
    if (neighbours === 0) return noNeighbours;
    const own = slots[this.#channel];
    const increment = this.#increments[neighbours];
    const measure = this.#measure;
    measure.count = own;
    measure.of = theirs / neighbours;
    measure.expected = increment.expected(own + theirs);
    measure.increments[0] = increment.of(own, own + theirs);
    measure.returns[0] = this.#returns[neighbours].of(own, own + theirs);
    return measure;
  }

  observed(count: number, of: number): number | null {
    return of > 0 ? count / of : null;
  }
}
