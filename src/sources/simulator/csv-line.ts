import { type Hit, formatHit } from '../../domain/hit.js';
import { writeNumber, writeOrbit } from '../../domain/write-number.js';

const comma = 0x2c;
const newline = 0x0a;

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
