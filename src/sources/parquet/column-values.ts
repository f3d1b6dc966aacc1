import type { DecodedArray } from 'hyparquet';

const halfMax = 2 ** 21;
const lowTurn = 2 ** 32;

/** Nothing where a row has no value. */
export type ColumnValue = number | bigint | null | undefined;

/** Values of a column, in the pieces that they were decoded in. */
export class ColumnValues {
  readonly #pieces: ArrayLike<ColumnValue>[] = [];
  /** Values that were added. */
  count = 0;
  #piece = 0;
  #at = 0;

  add(piece: DecodedArray): void {
    this.count += piece.length;
    if (piece.length > 0) this.#pieces.push(plainNumbers(piece));
  }

  /** Values that are next to each other from here on. */
  get available(): number {
    return this.#piece < this.#pieces.length ? this.#pieces[this.#piece].length - this.#at : 0;
  }

  /** The array that holds them, and where they begin in it. */
  get next(): { readonly values: ArrayLike<ColumnValue>; readonly start: number } {
    return { values: this.#pieces[this.#piece], start: this.#at };
  }

  /** @param count of values, available ones */
  skip(count: number): void {
    this.#at += count;
    if (this.available > 0) return;
    this.#piece++;
    this.#at = 0;
  }
}

/** 64-bit integers as doubles where these say them exactly: a bigint for each would take longer than all else. */
function plainNumbers(piece: DecodedArray): ArrayLike<ColumnValue> {
  if (!(piece instanceof BigInt64Array || piece instanceof BigUint64Array)) return piece;
  const halves = new Int32Array(piece.buffer, piece.byteOffset, 2 * piece.length);
  const numbers = new Float64Array(piece.length);
  for (let index = 0; index < numbers.length; index++) {
    const high = halves[2 * index + 1];
    if (high >= halfMax || high < -halfMax) return piece;
    numbers[index] = high * lowTurn + (halves[2 * index] >>> 0);
  }
  return numbers;
}
