import { droppedHead } from './codes';

/** Row keys, as in src/domain/row-key.ts. */
export const tickBits: u32 = 17;
export const tickMask: u32 = (1 << tickBits) - 1;
const untimedBit: i32 = 1 << 31;
export const codeMask: u32 = 0x3fff;

/** TDC counts in a bunch crossing, and bunch crossings in an orbit. */
let bxTicks: i32 = 30;
let orbitBx: i32 = 3564;

export function useClock(bxTdcCounts: i32, bxCount: i32): void {
  bxTicks = bxTdcCounts;
  orbitBx = bxCount;
}

/** The key of a row of HEAD 2 where `ifHit` is all ones, else that of another. */
export function keyOf(code: i32, bx: i32, tdc: i32, ifHit: i32): i32 {
  const key = (code << tickBits) | (bx * bxTicks + tdc) | (((orbitBx - 1 - bx) >> 31) & untimedBit);
  return (key & ifHit) | ((droppedHead << tickBits) & ~ifHit);
}

/** The code of a key. */
export function codeOf(key: u32): u32 {
  return (key >>> tickBits) & codeMask;
}
