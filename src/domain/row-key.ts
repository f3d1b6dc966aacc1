import type { ClockUnits } from './geometry.js';

/**
 * A decoded row in 32 bits: its code, and its *tick*, the time in its orbit in TDC counts.
 *
 * ```
 *  31        30        17 16                     0
 * ┌─────────┬────────────┬────────────────────────┐
 * │ untimed │    code    │ BX * bxTdcCounts + TDC │
 * └─────────┴────────────┴────────────────────────┘
 * ```
 *
 * The tick of a row that is neither a hit nor of a trigger is 0. One is *untimed* whose BX_COUNTER is none of an orbit.
 */
const tickBits = 17;
const codeMask = 0x3fff;
const tickMask = (1 << tickBits) - 1;

/** A code that no row has. */
export const noCode = codeMask;

/** The key of a row. @param tick below 2^17 */
export function rowKey(code: number, tick = 0, isUntimed = false): number {
  return (((isUntimed ? 1 << 31 : 0) | (code << tickBits)) >>> 0) + tick;
}

/** The key of a hit or trigger row, of its BX_COUNTER and the whole part of its TDC_MEAS. */
export function timedKey(code: number, bx: number, tdc: number, { bxTdcCounts, orbitBx }: ClockUnits): number {
  return rowKey(code, bx * bxTdcCounts + Math.floor(tdc), bx >= orbitBx);
}

export function codeOfKey(key: number): number {
  return (key >>> tickBits) & codeMask;
}

export function tickOfKey(key: number): number {
  return key & tickMask;
}

/** Whether a hit or trigger row has no time. */
export function isUntimedKey(key: number): boolean {
  return key >>> 31 === 1;
}
