const bins = 4000;
/** Share of a normal distribution within one standard deviation of its mean. */
const oneSigmaShare = 0.682689;

/** Differences between measured and true values: how many, their mean and the width of their core. */
export class Deviations {
  n = 0;
  /** How many are larger than `tail`, either way. */
  beyond = 0;
  #sum = 0;
  /** By size, up to `4 tail`; larger ones are in the last bin. */
  readonly #sizes = new Float64Array(bins + 1);
  readonly #tail: number;

  /** @param tail size from which on a value is no longer of the core */
  constructor(tail: number) {
    this.#tail = tail;
  }

  add(value: number): void {
    const size = Math.abs(value);
    this.n++;
    this.#sum += value;
    if (size > this.#tail) this.beyond++;
    this.#sizes[Math.min(bins, Math.floor((size * bins) / (4 * this.#tail)))]++;
  }

  /** Mean of all, the tail included. */
  get mean(): number {
    return this.#sum / this.n;
  }

  /** Size that 68.27 % are below: the standard deviation of a normal core. */
  get width(): number {
    let below = 0;
    for (let bin = 0; bin < bins; bin++) {
      const next = below + this.#sizes[bin];
      if (next >= oneSigmaShare * this.n) {
        const inBin = (oneSigmaShare * this.n - below) / this.#sizes[bin];
        return ((bin + inBin) * 4 * this.#tail) / bins;
      }
      below = next;
    }
    return Infinity;
  }
}
