/** Looks a day at most: one a second of live time. */
const looksPerDay = 86_400;

/**
 * Height at which a detector alarms, so that all of them together alarm falsely at most `alarmsPerDay` times a day on
 * average, whatever depends on what: each has a mean run length of at least `exp(height)` looks.
 */
export function alarmHeight(detectors: number, alarmsPerDay: number): number {
  return Math.log((looksPerDay * detectors) / alarmsPerDay);
}

/**
 * A sum of evidence that the data lie beyond an alternative, not inside a band: an e-detector
 * (<https://arxiv.org/abs/2203.03532>). Its increments must have `E[exp(increment)] <= 1` for every value of the band.
 */
export class Detector {
  /** The evidence since it was 0 last. */
  height = 0;

  /** Adds the increment of a look. */
  add(increment: number): void {
    this.height = Math.max(0, this.height + increment);
  }
}

/** Shares that a logarithm can be taken of. */
const shareMin = 1e-12;
const shareMax = 1 - 1e-9;

/** Increments of counts `n` of `m` whose share is to be told apart: the edge of the band or beyond the alternative. */
export class BinomialIncrement {
  readonly #success: number;
  readonly #failure: number;
  readonly #atAlternative: number;

  constructor(edge: number, alternative: number) {
    const b = Math.min(shareMax, Math.max(shareMin, edge));
    const a = Math.min(shareMax, Math.max(shareMin, alternative));
    this.#success = Math.log(a / b);
    this.#failure = Math.log1p(-a) - Math.log1p(-b);
    this.#atAlternative = a * this.#success + (1 - a) * this.#failure;
  }

  of(n: number, m: number): number {
    // Of several lanes m is a mean, which n may pass by a slot or two.
    return n * this.#success + Math.max(0, m - n) * this.#failure;
  }

  /** Its mean at the alternative, for `m` trials. */
  expected(m: number): number {
    return m * this.#atAlternative;
  }
}

/** Increments of a number of events whose rate is to be told apart, as multiples of what is expected. */
export class PoissonIncrement {
  readonly #event: number;
  readonly #rate: number;
  readonly #atAlternative: number;

  /** @param dispersion variance over mean of the number that is allowed for */
  constructor(edge: number, alternative: number, dispersion = 1) {
    this.#event = Math.log(alternative / edge) / dispersion;
    this.#rate = (alternative - edge) / dispersion;
    this.#atAlternative = alternative * this.#event - this.#rate;
  }

  /** @param mean number expected at the reference */
  of(n: number, mean: number): number {
    return n * this.#event - mean * this.#rate;
  }

  expected(mean: number): number {
    return mean * this.#atAlternative;
  }
}

/**
 * Increment of two statistics of the same data together, whatever depends on what: the mean of their `exp(increment)`. It is
 * that of the larger one less ln 2 at most.
 */
export function meanIncrement(one: number, other: number): number {
  const most = Math.max(one, other);
  return most + Math.log1p(Math.exp(Math.min(one, other) - most)) - Math.LN2;
}

/** Increment of a value with a Gaussian error: at least `alternative`, not at most `edge`. */
export function gaussianIncrement(value: number, variance: number, edge: number, alternative: number): number {
  return ((alternative - edge) / variance) * (value - (edge + alternative) / 2);
}

/** The same for the way back: 0, not at least `edge`. */
export function gaussianReturn(value: number, variance: number, edge: number): number {
  return (edge / variance) * (edge / 2 - value);
}
