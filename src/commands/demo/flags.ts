import type { GlobalFlags } from '../flags/common.js';

/** Flags of `dtstream demo`. */
export interface DemoFlags extends GlobalFlags {
  /** Rows/s; Infinity = as fast as possible; `detector` = by the orbit counter. */
  readonly rate: number | 'detector';
  readonly seed: number;
  readonly fault: boolean;
  readonly threads?: number;
  readonly ascii: boolean;
}
