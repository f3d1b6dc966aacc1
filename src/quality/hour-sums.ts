/** Stretches that the sums are kept in: the last hour is right to a twelfth. */
const stretches = 12;
const stretchS = 3600 / stretches;
const sums = 3;

/** Sums of the last hour of live time: of what was counted, of how much, and of the evidence that there could have been. */
export class HourSums {
  readonly #values = new Float64Array(stretches * sums);
  #stretch: number | undefined;

  /** @param clockS live seconds of the reader, never less than before */
  add(
    clockS: number,
    { count, of, expected }: { readonly count: number; readonly of: number; readonly expected: number },
  ): void {
    const stretch = Math.floor(clockS / stretchS);
    if (stretch !== this.#stretch) this.#turnTo(stretch);
    const at = this.#at(stretch);
    this.#values[at] += count;
    this.#values[at + 1] += of;
    this.#values[at + 2] += expected;
  }

  #turnTo(stretch: number): void {
    const from = Math.max((this.#stretch ?? stretch) + 1, stretch - stretches + 1);
    for (let old = from; old <= stretch; old++) this.#values.fill(0, this.#at(old), this.#at(old) + sums);
    this.#stretch = stretch;
  }

  clear(): void {
    this.#values.fill(0);
  }

  get count(): number {
    return this.#sum(0);
  }
  get of(): number {
    return this.#sum(1);
  }
  get expected(): number {
    return this.#sum(2);
  }

  #at(stretch: number): number {
    return sums * (stretch % stretches);
  }

  #sum(part: number): number {
    let sum = 0;
    for (let at = part; at < this.#values.length; at += sums) sum += this.#values[at];
    return sum;
  }
}
