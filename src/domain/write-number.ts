const zero = 0x30;
/** Orbits are written in two parts of at most five digits, which are small integers for the engine. */
const halfOrbit = 100_000;

/**
 * Writes the digits of an orbit, a whole number in [0, 2^32).
 *
 * @returns the position after them
 */
export function writeOrbit(orbit: number, bytes: Uint8Array, at: number): number {
  if (orbit < halfOrbit) return writeNumber(orbit, bytes, at);
  const upper = Math.floor(orbit / halfOrbit);
  at = writeNumber(upper, bytes, at);
  return writeDigits(orbit - upper * halfOrbit, 5, bytes, at);
}

/**
 * Writes the digits of a whole number in [0, 100000).
 *
 * @returns the position after them
 */
export function writeNumber(value: number, bytes: Uint8Array, at: number): number {
  const count = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
  return writeDigits(value, count, bytes, at);
}

function writeDigits(value: number, count: number, bytes: Uint8Array, at: number): number {
  let rest = value | 0;
  for (let index = at + count - 1; index >= at; index--) {
    const tenth = (rest / 10) | 0;
    bytes[index] = zero + rest - 10 * tenth;
    rest = tenth;
  }
  return at + count;
}
