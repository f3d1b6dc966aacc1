/** How often the clock is looked at, and how much of the time between two looks counts at most. */
const lookEveryMs = 500;
const stepMsMax = 1000;

/**
 * A clock that stands while the process does: stopped by a signal, frozen with its container, or on a machine that sleeps.
 * Time in which nothing could be tried must not count as time in which brokers were away.
 */
export class AwakeClock {
  readonly #steadyNow: () => number;
  #awakeMs = 0;
  #lookedMs: number;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param steadyNow a clock that never goes back, ms */
  constructor(steadyNow: () => number = () => performance.now()) {
    this.#steadyNow = steadyNow;
    this.#lookedMs = steadyNow();
  }

  /** Time in ms during which the process could run; counts while the clock is in use. */
  now(): number {
    const nowMs = this.#steadyNow();
    this.#awakeMs += Math.min(stepMsMax, nowMs - this.#lookedMs);
    this.#lookedMs = nowMs;
    return this.#awakeMs;
  }

  /** Lets the clock go; each call needs a {@link release}. Does not keep the process alive. */
  acquire(): void {
    if (this.#users++ > 0) return;
    this.#lookedMs = this.#steadyNow();
    this.#timer = setInterval(() => this.now(), lookEveryMs).unref();
  }

  release(): void {
    if (--this.#users === 0) clearInterval(this.#timer);
  }
}
