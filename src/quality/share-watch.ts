/** Looks over which a share is taken, and for which it must stay low until it has ended. */
export const looksShared = 10;

interface ShareCounts {
  readonly n: number;
  readonly of: number;
  /** Largest share that is no warning. */
  readonly limit: number;
  /** Fewest of `n` for a warning; default: none. */
  readonly min?: number;
}

/** A share over the last looks: begins above its limit, ends when it was below half of it for as many looks. */
export class ShareWatch {
  /** Counts of the last looks, the newest last. */
  readonly #looks: { readonly n: number; readonly of: number }[] = [];
  #isOver = false;
  #looksLow = 0;

  /** @returns what begins or ends with this look */
  look({ n, of, limit, min = 0 }: ShareCounts): 'WARNING' | 'ENDED' | undefined {
    this.#looks.push({ n, of });
    if (this.#looks.length > looksShared) this.#looks.shift();
    const { share } = this;
    this.#looksLow = share < limit / 2 ? this.#looksLow + 1 : 0;
    const isFull = this.#looks.length === looksShared;
    if (!this.#isOver && isFull && share > limit && this.#sum('n') >= min) {
      this.#isOver = true;
      return 'WARNING';
    }
    if (!this.#isOver || this.#looksLow < looksShared) return undefined;
    this.#isOver = false;
    return 'ENDED';
  }

  /** 0 of nothing. */
  get share(): number {
    const of = this.#sum('of');
    return of === 0 ? 0 : this.#sum('n') / of;
  }

  #sum(key: 'n' | 'of'): number {
    return this.#looks.reduce((sum, look) => sum + look[key], 0);
  }
}
