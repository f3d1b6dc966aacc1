import { codeOfKey, isUntimedKey, tickOfKey } from '../../domain/row-key.js';

/**
 * A hit or trigger row in 32 bits whose numbers sort by code, then by tick:
 *
 * ```
 *  31       18 17              1      0
 * ┌───────────┬─────────────────┬─────────┐
 * │   code    │      tick       │ untimed │
 * └───────────┴─────────────────┴─────────┘
 * ```
 */
export function orderedRow(key: number): number {
  return codeOfKey(key) * 2 ** 18 + tickOfKey(key) * 2 + Number(isUntimedKey(key));
}

/** `chamber * 64 + channel` of a hit, else that of a trigger. */
export function codeOfRow(row: number): number {
  return row >>> 18;
}

export function tickOfRow(row: number): number {
  return (row >>> 1) & 0x1_ffff;
}

export function isTimedRow(row: number): boolean {
  return (row & 1) === 0;
}
