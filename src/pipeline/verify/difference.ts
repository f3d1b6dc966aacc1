/** A number or a statement of the messages that is not what it should be. */
export interface Difference {
  /** Which bin of which message or sum: `dtstream/0 sum: tdc_counts_chamber.2[17]`. */
  readonly name: string;
  readonly expected: string;
  readonly got: string;
}

/** Differences in the order in which they were found. */
export class Differences {
  readonly first: Difference[] = [];
  total = 0;
  readonly #keptMax: number;

  /** @param keptMax how many are kept; the others are counted */
  constructor(keptMax: number) {
    this.#keptMax = keptMax;
  }

  /** Notes the difference, if it is one. */
  check(name: string, expected: number | string | undefined, got: number | string | undefined): void {
    if (expected === got) return;
    this.total++;
    if (this.first.length < this.#keptMax) this.first.push({ name, expected: String(expected), got: String(got) });
  }

  /** None yet, to be added to these or forgotten. */
  fork(): Differences {
    return new Differences(this.#keptMax);
  }

  add({ first, total }: Differences): void {
    this.total += total;
    this.first.push(...first.slice(0, this.#keptMax - this.first.length));
  }

  forget(): void {
    this.first.length = 0;
    this.total = 0;
  }
}
