import type { Decimals } from './decimal.js';
import { hitHead } from './hit.js';

/** How to convert the numbers of text written with other conventions. Words are never changed. */
export interface TextReading {
  /** The `HEAD` that counts as that of a hit; that of a hit then counts as this one. */
  readonly head: number;
  /** Added to `TDC_CHANNEL`. */
  readonly channelOffset: number;
  /** Added to `TDC_MEAS`. */
  readonly tdcOffset: number;
  /** Whether a whole `ORBIT_CNT` from -2^31 to -1 is a 32-bit counter printed as a signed number. */
  readonly signedOrbits: boolean;
}

/** Numbers as they stand. */
export const plainReading: TextReading = { head: hitHead, channelOffset: 0, tdcOffset: 0, signedOrbits: false };

/** A 32-bit counter wraps here; printed as a signed number, it is negative from half of this on. */
const orbitTurn = 2 ** 32;
const signedOrbitMin = 2 ** 31;

export function isPlainReading({ head, channelOffset, tdcOffset, signedOrbits }: TextReading): boolean {
  return head === hitHead && channelOffset === 0 && tdcOffset === 0 && !signedOrbits;
}

/** Whether the number in a slot is what a signed 32-bit counter shows of a high orbit. */
export function isSignedOrbit({ whole, fraction, negative }: Decimals, slot: number): boolean {
  return negative[slot] === 1 && fraction[slot] === 0 && whole[slot] <= signedOrbitMin;
}

/** Changes the six numbers of a row, in the order of `hitFields`, to what they mean. */
export function applyReading(fields: Decimals, reading: TextReading): void {
  const { whole, fraction, negative } = fields;
  if (negative[0] === 0 && fraction[0] === 0) whole[0] = readHead(whole[0], reading);
  if (reading.channelOffset !== 0) add(fields, 2, reading.channelOffset);
  if (reading.signedOrbits && isSignedOrbit(fields, 3)) {
    whole[3] = orbitTurn - whole[3];
    negative[3] = 0;
  }
  if (reading.tdcOffset !== 0) add(fields, 5, reading.tdcOffset);
}

/** What a whole `HEAD` counts as. */
function readHead(head: number, reading: TextReading): number {
  if (head === reading.head) return hitHead;
  return head === hitHead ? reading.head : head;
}

/** Says how many rows only a negative orbit keeps from being hits. */
export function signedOrbitsText(rows: number): string {
  const have = rows === 1 ? 'row has' : 'rows have';
  const count = rows.toLocaleString('en-US');
  return `${count} ${have} a negative ORBIT_CNT, like a counter printed as a signed 32-bit number: use --signed-orbits`;
}

function add({ whole, fraction, negative }: Decimals, slot: number, offset: number): void {
  // The decimals stay unchanged: only their presence matters.
  const part = fraction[slot];
  const floor = (negative[slot] === 1 ? -whole[slot] - part : whole[slot]) + offset;
  negative[slot] = floor < 0 ? 1 : 0;
  whole[slot] = floor < 0 ? -floor - part : floor;
}
