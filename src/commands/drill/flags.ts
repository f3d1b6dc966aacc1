import type { GlobalFlags } from '../flags/common.js';

/** Flags of `dtstream drill`. */
export interface DrillFlags extends GlobalFlags {
  /** Faults without their times; absent = all that are demanded, and those that must raise nothing. */
  readonly fault?: string;
  /** Absent = five at the default rate, one at others. */
  readonly seeds?: number;
  /** Multiples of the default rates of muons and noise. */
  readonly rateFactor: readonly number[];
  /** Detector time in ms without a fault; absent = 24 h at the default rate, 2 h at others; false = none. */
  readonly healthy?: number | false;
  /** Detector time in ms before and after the start of a fault. */
  readonly before: number;
  readonly after: number;
  readonly threads: number;
  readonly log: boolean;
  readonly json: boolean;
  readonly markdown: boolean;
}
