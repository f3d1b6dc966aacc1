import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';

/** Flags of `dtstream verify`. */
export interface VerifyFlags extends GlobalFlags, LogFlags {
  readonly group?: string;
  readonly topic: string;
  readonly json: boolean;
}
