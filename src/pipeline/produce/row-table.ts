/** Properties of a row, as bits. */
export const rowFlag = {
  /** Its orbit is known; the row goes where its orbit goes. */
  orbit: 1,
  /** A word holds it exactly: every field is a plain number without leading zeros that fits its bits. */
  word: 2,
  /** `HEAD` is 2: its orbit moves the clock. */
  clock: 4,
} as const;

/** Rows that are looked at in one go: small enough to stay in the cache. */
export const tableRows = 8192;

/**
 * Rows found in a chunk of bytes, a column each, used again for the next ones.
 *
 * ```
 *  bytes   HEAD,FPGA,…\n2,0,72,46758,279,18\n\n2,1,5,46758,3.5,-9\r\n
 *  row                 └0: start … end    ┘     └1: start … end ┘
 * ```
 */
export class RowTable {
  /** Rows held. */
  count = 0;
  /** First byte of each row and the end of its text, without LF or CRLF. */
  readonly starts = new Uint32Array(tableRows);
  readonly ends = new Uint32Array(tableRows);
  /** Bits of {@link rowFlag}. */
  readonly flags = new Uint8Array(tableRows);
  /** Raw orbits; meaningless without `rowFlag.orbit`. */
  readonly orbits = new Uint32Array(tableRows);
  /** The halves of each row's word; meaningless without `rowFlag.word`. */
  readonly lows = new Uint32Array(tableRows);
  readonly highs = new Uint32Array(tableRows);
  /** Whether orbits were moved, so that the text of a row no longer says its orbit. */
  isShifted = false;
}

/** Adds `offset` to all known orbits, modulo 2^32. */
export function shiftOrbits(table: RowTable, offset: number): void {
  const { flags, orbits, lows, highs, count } = table;
  table.isShifted = offset !== 0;
  if (offset === 0) return;
  for (let row = 0; row < count; row++) {
    if ((flags[row] & rowFlag.orbit) === 0) continue;
    const orbit = (orbits[row] + offset) >>> 0;
    orbits[row] = orbit;
    lows[row] = (lows[row] & 0x1ffff) | ((orbit & 0x7fff) << 17);
    highs[row] = (highs[row] & 0xfffe0000) | (orbit >>> 15);
  }
}
