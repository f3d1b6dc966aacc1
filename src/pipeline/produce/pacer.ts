import type { RowTable } from './row-table.js';

/**
 * Longest delay that the schedule catches up, ms: after a longer stop the rest of the delay is given up.
 */
export const debtMsMax = 10_000;

/**
 * The schedule of a run: each row is due at a time after the start, whatever happened before. It counts no sleeps, so
 * the next tick makes up for a late one and errors do not accumulate. Pure: the caller passes the time.
 */
export abstract class Pacer {
  #anchorMs: number | undefined;
  #debtGivenUpMs = 0;
  #inputWaitMs = 0;

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
    const excessMs = this.behindMs(nowMs) - debtMsMax;
    if (excessMs > 0) {
      this.#anchorMs += excessMs;
      this.#debtGivenUpMs += excessMs;
    }
    return this.dueAfter(nowMs - this.#anchorMs);
  }

  /** When the row is due that comes after `ahead` further ones. */
  dueAtMs(ahead = 0): number {
    return (this.#anchorMs ?? -Infinity) + this.dueMs(ahead);
  }

  /** How long the next row has been due; 0 when it is not. */
  behindMs(nowMs: number): number {
    return this.#anchorMs === undefined ? 0 : Math.max(0, nowMs - this.dueAtMs());
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

  /** Takes note of the rows that can be taken next, the one at `next` first; call it before anything about them is asked. */
  abstract look(table: RowTable, next: number): void;

  abstract take(rows: number): void;

  /** Rows not taken that are due within `elapsedMs` of the start. */
  protected abstract dueAfter(elapsedMs: number): number;

  /** When the row is due that comes after `ahead` further ones, in ms after the start. */
  protected abstract dueMs(ahead: number): number;
}

/** Row n is due at `start + n / rate`. */
export class RatePacer extends Pacer {
  readonly #rowMs: number;
  #taken = 0;

  /** @param rowsPerSecond above 0; Infinity = every row is due at once */
  constructor(rowsPerSecond: number) {
    super();
    this.#rowMs = 1000 / rowsPerSecond;
  }

  override behindMs(nowMs: number): number {
    return this.#rowMs === 0 ? 0 : super.behindMs(nowMs);
  }

  override look(): void {
    // What a row holds does not matter.
  }

  override take(rows: number): void {
    this.#taken += rows;
  }

  protected override dueAfter(elapsedMs: number): number {
    if (this.#rowMs === 0) return Infinity;
    // A row is due at its very instant, which the division may miss by a rounding error.
    return Math.max(0, Math.floor(elapsedMs / this.#rowMs + 1e-6) + 1 - this.#taken);
  }

  protected override dueMs(ahead: number): number {
    return (this.#taken + ahead) * this.#rowMs;
  }
}
