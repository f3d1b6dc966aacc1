import { type Hit, formatHit } from '../../domain/hit.js';

const comma = 0x2c;
const newline = 0x0a;
const zero = 0x30;
/** Orbits are written in two parts of at most five digits, which are small integers for the engine. */
const halfOrbit = 100_000;

/**
 * Writes the row as one CSV line with its line end, the bytes of `formatHit` without the string.
 *
 * @returns the position after the line
 */
export function writeHitLine(row: Hit, bytes: Uint8Array, at: number): number {
  if (row.tdcMeas < 0 || !Number.isInteger(row.tdcMeas)) return writeText(formatHit(row), bytes, at);
  at = writeNumber(row.head, bytes, at);
  bytes[at++] = comma;
  at = writeNumber(row.fpga, bytes, at);
  bytes[at++] = comma;
  at = writeNumber(row.tdcChannel, bytes, at);
  bytes[at++] = comma;
  at = writeOrbit(row.orbitCnt, bytes, at);
  bytes[at++] = comma;
  at = writeNumber(row.bxCounter, bytes, at);
  bytes[at++] = comma;
  at = writeNumber(row.tdcMeas, bytes, at);
  bytes[at++] = newline;
  return at;
}

function writeText(line: string, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < line.length; index++) bytes[at++] = line.charCodeAt(index);
  bytes[at++] = newline;
  return at;
}

function writeOrbit(orbit: number, bytes: Uint8Array, at: number): number {
  if (orbit < halfOrbit) return writeNumber(orbit, bytes, at);
  const upper = Math.floor(orbit / halfOrbit);
  at = writeNumber(upper, bytes, at);
  return writeDigits(orbit - upper * halfOrbit, 5, bytes, at);
}

/** Writes a whole number in [0, 100000). */
function writeNumber(value: number, bytes: Uint8Array, at: number): number {
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
