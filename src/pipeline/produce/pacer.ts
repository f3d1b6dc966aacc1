/**
 * Longest delay that the schedule catches up, ms: after a longer stop the rest of the delay is given up.
 */
export const debtMsMax = 10_000;

/**
 * The schedule of a run: row n is due at `start + n / rate`, whatever happened before. It counts no sleeps, so the next
 * tick makes up for a late one and errors do not accumulate. Pure: the caller passes the time.
 */
export class Pacer {
  readonly #rowMs: number;
  #anchorMs: number | undefined;
  #taken = 0;
  #debtGivenUpMs = 0;
  #inputWaitMs = 0;

  /** @param rowsPerSecond above 0; Infinity = every row is due at once */
  constructor(rowsPerSecond: number) {
    this.#rowMs = 1000 / rowsPerSecond;
  }

  /** Time of the schedule that was given up because it was behind by more than {@link debtMsMax}. */
  get debtGivenUpMs(): number {
    return this.#debtGivenUpMs;
  }

  /** Time by which the schedule was moved because a live input had no rows. */
  get inputWaitMs(): number {
    return this.#inputWaitMs;
  }

  /** Rows that are due and not taken. The first call starts the schedule. */
  due(nowMs: number): number {
    this.#anchorMs ??= nowMs;
    if (this.#rowMs === 0) return Infinity;
    const excessMs = this.behindMs(nowMs) - debtMsMax;
    if (excessMs > 0) {
      this.#anchorMs += excessMs;
      this.#debtGivenUpMs += excessMs;
    }
    // A row is due at its very instant, which the division may miss by a rounding error.
    const elapsedRows = Math.floor((nowMs - this.#anchorMs) / this.#rowMs + 1e-6);
    return Math.max(0, elapsedRows + 1 - this.#taken);
  }

  take(rows: number): void {
    this.#taken += rows;
  }

  /** When the row is due that comes after `ahead` further ones. */
  dueAtMs(ahead = 0): number {
    return (this.#anchorMs ?? -Infinity) + (this.#taken + ahead) * this.#rowMs;
  }

  /** How long the next row has been due; 0 when it is not. */
  behindMs(nowMs: number): number {
    if (this.#rowMs === 0 || this.#anchorMs === undefined) return 0;
    return Math.max(0, nowMs - this.dueAtMs());
  }

  /**
   * Moves the schedule so that it is behind by at most `debtMs`: waiting for rows that did not exist is no debt.
   */
  forgive(nowMs: number, debtMs: number): void {
    const excessMs = this.behindMs(nowMs) - debtMs;
    if (this.#anchorMs === undefined || excessMs <= 0) return;
    this.#anchorMs += excessMs;
    this.#inputWaitMs += excessMs;
  }
}
