import { setImmediate } from 'node:timers/promises';

/** Longest time that calls answered at once keep timers, signals and sockets waiting. */
const workMsMax = 10;

/**
 * Yields to the event loop so that a busy loop cannot starve timers and I/O.
 */
export class Yielder {
  #takenMs = performance.now();

  /** Resolves after a turn of the event loop when the last one was {@link workMsMax} ago, else at once. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#takenMs < workMsMax) return;
    await setImmediate();
    this.#takenMs = performance.now();
  }
}
