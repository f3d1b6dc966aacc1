/**
 * Memory for many values: cut from large pieces, not cleared first, because asking the system for each value's memory
 * takes as long as copying the value. A piece lives as long as any value in it.
 */
export class Arena {
  #chunk: Uint8Array = new Uint8Array(0);
  #used = 0;
  readonly #chunkBytes: number;

  /** @param chunkBytes size of a piece */
  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** New memory of `bytes` bytes with any content, starting at a multiple of 8. */
  take(bytes: number): Uint8Array {
    if (bytes > this.#chunkBytes / 2) return Buffer.allocUnsafeSlow(bytes);
    if (this.#used + bytes > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(this.#chunkBytes);
      this.#used = 0;
    }
    const taken = new Uint8Array(this.#chunk.buffer, this.#used, bytes);
    this.#used = Math.ceil((this.#used + bytes) / 8) * 8;
    return taken;
  }

  /** Gives the current piece out again from its start: nothing that was taken may be in use any more. */
  reuse(): void {
    this.#used = 0;
  }
}
