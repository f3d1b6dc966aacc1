import { AsyncEvent } from '../../async-event.js';

/** A shared chunk buffer and its bytes. */
export interface ChunkBuffer {
  readonly shared: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  /** End of each record, for a user that fills the buffer with records: shared memory that grows and stays with it. */
  recordEnds: Uint32Array;
}

/** Bytes to put into a chunk: words are short, and half of them are still more rows than lines are. */
export function chunkBytesOf(format: 'csv' | 'words', chunkBytes: number): number {
  return format === 'csv' ? chunkBytes : chunkBytes >> 1;
}

/** A fixed number of chunk buffers, created on demand; a request beyond that number waits. */
export class ChunkBuffers {
  readonly chunkBytes: number;
  readonly #free: ChunkBuffer[] = [];
  readonly #released = new AsyncEvent();
  #left: number;

  constructor({ count, chunkBytes }: { readonly count: number; readonly chunkBytes: number }) {
    this.#left = count;
    this.chunkBytes = chunkBytes;
  }

  async acquire(): Promise<ChunkBuffer> {
    for (;;) {
      const free = this.#free.pop();
      if (free !== undefined) return free;
      if (this.#left > 0) {
        this.#left--;
        return chunkBuffer(this.chunkBytes);
      }
      await this.#released.wait();
    }
  }

  /** A buffer of at least `bytes`: one of the fixed ones, or, for what they cannot hold, one of its own. */
  takeFor(bytes: number): Promise<ChunkBuffer> {
    if (bytes <= this.chunkBytes) return this.acquire();
    return Promise.resolve(chunkBuffer(bytes));
  }

  release(buffer: ChunkBuffer): void {
    if (buffer.shared.byteLength !== this.chunkBytes) return;
    this.#free.push(buffer);
    this.#released.notify();
  }
}

function chunkBuffer(bytes: number): ChunkBuffer {
  const shared = new SharedArrayBuffer(bytes);
  return { shared, bytes: new Uint8Array(shared), recordEnds: new Uint32Array(0) };
}
