import { AsyncEvent } from '../../async-event.js';
import { copyInto } from '../byte-reader.js';

/** Bytes that arrive at one end and are taken at the other, in memory that is there from the start. */
export class Part {
  readonly memory: Uint8Array;
  readonly #bytesTotal: number;
  #bytesArrived = 0;
  #bytesTaken = 0;
  #failure: { readonly error: unknown } | undefined;
  readonly #changed = new AsyncEvent();

  /** @param bytesTotal to come, no more than the memory has */
  constructor(memory: Uint8Array, bytesTotal: number) {
    this.memory = memory;
    this.#bytesTotal = bytesTotal;
  }

  /** Whether all of it was taken. */
  get isTaken(): boolean {
    return this.#bytesTaken === this.#bytesTotal;
  }

  readonly add = (bytes: Uint8Array): void => {
    this.memory.set(bytes, this.#bytesArrived);
    this.#bytesArrived += bytes.length;
    this.#changed.notify();
  };

  /** Shows once all that has arrived is taken. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#changed.notify();
  }

  /** Moves the available bytes that fit, and returns their number. */
  take(target: Uint8Array): number {
    const count = copyInto(target, this.memory.subarray(this.#bytesTaken, this.#bytesArrived));
    this.#bytesTaken += count;
    return count;
  }

  /**
   * Resolves when there is something to take.
   *
   * @throws what it failed with
   */
  async arrival(): Promise<void> {
    while (this.#bytesArrived === this.#bytesTaken) {
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#changed.wait();
    }
  }
}
