import { allocateHitLists, hitListRowBytes } from '../../compute/hit-lists.js';
import { rowsLikelyMaxOf } from '../../compute/row-block.js';
import type { RowFormat } from '../../compute/tasks.js';

const formats: readonly RowFormat[] = ['csv', 'words'];

/** Lists for the rows of chunks, used again when they are given back. */
export class FreeLists {
  readonly #chunkBytes: number;
  readonly #free: Record<RowFormat, SharedArrayBuffer[]> = { csv: [], words: [] };

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** Lists for the rows that a chunk of so many bytes is likely to have. */
  acquire(format: RowFormat, bytes: number): SharedArrayBuffer {
    if (bytes > this.#chunkBytes) return allocateHitLists(rowsLikelyMaxOf(bytes, format));
    return this.#free[format].pop() ?? allocateHitLists(rowsLikelyMaxOf(this.#chunkBytes, format));
  }

  /** Gives lists back; those of an unusual size are let go. */
  release(lists: SharedArrayBuffer): void {
    const usual = (format: RowFormat): number => rowsLikelyMaxOf(this.#chunkBytes, format) * hitListRowBytes;
    const format = formats.find((each) => usual(each) === lists.byteLength);
    if (format !== undefined) this.#free[format].push(lists);
  }
}
