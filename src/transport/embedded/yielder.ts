import { setImmediate } from 'node:timers/promises';

/** Longest time that calls which are served at once keep timers, signals and sockets waiting. */
const workMsMax = 10;

/**
 * Lets other events of the process run now and then: a loop around calls that never have to wait would otherwise leave
 * them no turn.
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
