/**
 * Memory for many values: cut from large pieces, not cleared first, because asking the system for each value's memory
 * takes as long as copying the value. A piece lives as long as any value in it.
 */
export class Arena {
  #chunk: Uint8Array = new Uint8Array(0);
  #used = 0;
  readonly #chunkBytes: number;
  /** Pieces given out since {@link reuse}; undefined where nothing is given out again. */
  #taken: Uint8Array[] | undefined;
  readonly #free: Uint8Array[] = [];

  /** @param chunkBytes size of a piece */
  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** New memory of `bytes` bytes with any content, starting at a multiple of 8. */
  take(bytes: number): Uint8Array {
    if (bytes > this.#chunkBytes / 2) return Buffer.allocUnsafeSlow(bytes);
    if (this.#used + bytes > this.#chunk.length) {
      this.#chunk = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#chunkBytes);
      this.#taken?.push(this.#chunk);
      this.#used = 0;
    }
    const taken = new Uint8Array(this.#chunk.buffer, this.#used, bytes);
    this.#used = Math.ceil((this.#used + bytes) / 8) * 8;
    return taken;
  }

  /** Gives the pieces out again: nothing that was taken may be in use any more. */
  reuse(): void {
    this.#free.push(...(this.#taken ?? []));
    this.#taken = [];
    this.#chunk = new Uint8Array(0);
    this.#used = 0;
  }
}
