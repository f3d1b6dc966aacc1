import type { DriftHistogram } from './drift-histogram.js';

/** What a message says of the drift times of a chamber. */
export interface BoxMessage extends DriftHistogram {
  /** Live seconds of the message. */
  readonly liveS: number;
  /** Hash of geometry and physics: histograms of different ones are never added. */
  readonly geometry: string;
}

export interface BoxWindowOptions {
  /** Entries that are enough for a fit: 5,000 by default. */
  readonly boxEntries?: number;
  /** Live seconds that a window spans at most: 600 by default. */
  readonly liveSMax?: number;
}

/** The newest whole messages that have enough entries to fit, for one chamber. */
export class BoxWindow {
  readonly #boxEntries: number;
  readonly #liveSMax: number;
  /** From the oldest. */
  readonly #messages: { readonly message: BoxMessage; readonly entries: number }[] = [];
  #counts: number[] = [];
  #entries = 0;
  #liveS = 0;

  constructor({ boxEntries = 5_000, liveSMax = 600 }: BoxWindowOptions = {}) {
    this.#boxEntries = boxEntries;
    this.#liveSMax = liveSMax;
  }

  /** Takes the next message, and drops the oldest ones: first those of another geometry, then what is not needed. */
  add(message: BoxMessage): void {
    if (this.#messages.length > 0 && this.#messages[0].message.geometry !== message.geometry) {
      while (this.#messages.length > 0) this.#drop();
    }
    if (this.#messages.length === 0) this.#counts = message.counts.map(() => 0);
    const entries = this.#count(message, 1);
    this.#messages.push({ message, entries });
    while (this.#messages.length > 1 && this.#hasSpare()) this.#drop();
  }

  /** The histogram to fit; undefined before the first message. */
  get histogram(): DriftHistogram | undefined {
    const newest = this.#messages.at(-1)?.message;
    return newest && { counts: this.#counts, offsetNs: newest.offsetNs, binNs: newest.binNs };
  }

  /** Entries in the histogram, and the live seconds that they took. */
  get entries(): number {
    return this.#entries;
  }
  get liveS(): number {
    return this.#messages.length === 0 ? 0 : this.#liveS;
  }

  #hasSpare(): boolean {
    return this.#entries - this.#messages[0].entries >= this.#boxEntries || this.#liveS > this.#liveSMax;
  }

  #drop(): void {
    const oldest = this.#messages.shift();
    if (oldest !== undefined) this.#count(oldest.message, -1);
  }

  /** Adds a message to the sums, or takes it away; returns its entries. */
  #count({ counts, liveS }: BoxMessage, sign: 1 | -1): number {
    let entries = 0;
    for (let bin = 0; bin < counts.length; bin++) {
      this.#counts[bin] += sign * counts[bin];
      entries += counts[bin];
    }
    this.#entries += sign * entries;
    this.#liveS += sign * liveS;
    return entries;
  }
}
