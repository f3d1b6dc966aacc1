/** The six fields of a hit in their canonical order, as in the header line of a CSV file. */
export const hitFields = ['HEAD', 'FPGA', 'TDC_CHANNEL', 'ORBIT_CNT', 'BX_COUNTER', 'TDC_MEAS'] as const;
export type HitField = (typeof hitFields)[number];

/** The canonical header line of a CSV file, without a line end. */
export const csvHeader = hitFields.join(',');

/** `HEAD` of a TDC hit; every other word type is ancillary. */
export const hitHead = 2;

/** Number of values of each field that a hit may take: a hit's field is a whole number in [0, limit). */
export const hitLimits = {
  FPGA: 8,
  TDC_CHANNEL: 512,
  ORBIT_CNT: 2 ** 32,
  BX_COUNTER: 4096,
  /** May have decimals: any value in [0, 32). */
  TDC_MEAS: 32,
} as const;

/** One TDC measurement of one wire, or an ancillary word of the same shape. */
export interface Hit {
  readonly head: number;
  readonly fpga: number;
  readonly tdcChannel: number;
  /** LHC orbit counter, unsigned 32 bit as read out. */
  readonly orbitCnt: number;
  readonly bxCounter: number;
  /** Fine time in 1/30 of a bunch crossing. */
  readonly tdcMeas: number;
}

/** A hit as one CSV line in canonical column order, without a line end. */
export function formatHit(hit: Hit): string {
  return `${hit.head},${hit.fpga},${hit.tdcChannel},${hit.orbitCnt},${hit.bxCounter},${hit.tdcMeas}`;
}
