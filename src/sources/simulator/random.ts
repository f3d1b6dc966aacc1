/** 2^-32, the weight of one step of a 32-bit number in [0, 1). */
const uint32Step = 2 ** -32;

/**
 * A seeded generator of random numbers: sfc32, the 32-bit "small fast chaotic" generator of PractRand.
 *
 * Two streams of one seed are independent, so that switching one part of the simulation off leaves the others as they
 * were. Only arithmetic that is exact or the engine's own software is used: the numbers are the same on every machine.
 *
 * Source: Chris Doty-Humphrey, PractRand 0.95, `RNGs/sfc.cpp` (shifts 9 and 3, rotation 21).
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed a whole number in [0, 2^53)
   * @param stream a whole number that names the part of the simulation
   */
  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed * uint32Step) | 0;
    this.#c = stream | 0;
    // The state starts with few bits set: these rounds spread them before the first number is given out.
    for (let round = 0; round < 16; round++) this.uint32();
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  uniform(): number {
    return this.uint32() * uint32Step;
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.uint32() * uint32Step * count);
  }

  /** Whether something that happens in a share of the cases happens now. */
  chance(share: number): boolean {
    return this.uint32() * uint32Step < share;
  }

  /** A number above 0 with mean 1, exponentially distributed: the time to the next event of a rate. */
  exponential(): number {
    return -Math.log((this.uint32() + 0.5) * uint32Step);
  }

  /** A number with mean 0 and standard deviation 1, nearly normal and never beyond ±3.47 (the sum of four uniform ones). */
  bell(): number {
    return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * Math.sqrt(3);
  }
}
