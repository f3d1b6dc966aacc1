import type { Hit } from './hit.js';

/**
 * The DAQ word of a hit: 64 bits, little endian.
 *
 * ```
 *  63 61 60  58 57          49 48            17 16        5 4        0
 * ┌─────┬──────┬──────────────┬────────────────┬───────────┬──────────┐
 * │HEAD │ FPGA │ TDC_CHANNEL  │   ORBIT_CNT    │ BX_COUNTER│ TDC_MEAS │
 * └─────┴──────┴──────────────┴────────────────┴───────────┴──────────┘
 *  high half: HEAD·FPGA·TDC_CHANNEL·ORBIT[31:15]   low half: ORBIT[14:0]·BX·TDC
 * ```
 */
export const wordBytes = 8;

/** Number of values of `HEAD` in a word. */
export const headLimit = 8;

/** Whether every field of the hit fits its bits exactly, so that {@link encodeWord} loses nothing. */
export function fitsWord(hit: Hit): boolean {
  return (
    isBelow(hit.head, headLimit) &&
    isBelow(hit.fpga, 8) &&
    isBelow(hit.tdcChannel, 512) &&
    isBelow(hit.orbitCnt, 2 ** 32) &&
    isBelow(hit.bxCounter, 4096) &&
    isBelow(hit.tdcMeas, 32)
  );
}

/** Writes the hit as 8 bytes at `offset` of `view`; the hit must satisfy {@link fitsWord}. */
export function encodeWord(hit: Hit, view: DataView, offset: number): void {
  const low = ((hit.orbitCnt & 0x7fff) << 17) | (hit.bxCounter << 5) | hit.tdcMeas;
  const high = (hit.head << 29) | (hit.fpga << 26) | (hit.tdcChannel << 17) | (hit.orbitCnt >>> 15);
  view.setUint32(offset, low >>> 0, true);
  view.setUint32(offset + 4, high >>> 0, true);
}

/** Reads the hit in the 8 bytes at `offset` of `view`; every bit pattern is a word. */
export function decodeWord(view: DataView, offset: number): Hit {
  const low = view.getUint32(offset, true);
  const high = view.getUint32(offset + 4, true);
  return {
    head: high >>> 29,
    fpga: (high >>> 26) & 7,
    tdcChannel: (high >>> 17) & 511,
    orbitCnt: (((high & 0x1ffff) << 15) | (low >>> 17)) >>> 0,
    bxCounter: (low >>> 5) & 4095,
    tdcMeas: low & 31,
  };
}

function isBelow(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit && !Object.is(value, -0);
}
