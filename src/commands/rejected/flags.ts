import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { StartPlace } from '../flags/start-place.js';

/** Flags of `dtstream rejected`. */
export interface RejectedFlags extends GlobalFlags, LogFlags {
  readonly from: StartPlace;
  /** Absent = the only one. */
  readonly group?: string;
  /** Examples of each kind. */
  readonly examples: number;
  readonly json: boolean;
}
