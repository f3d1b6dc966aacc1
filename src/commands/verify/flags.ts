import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { PartFlags } from '../flags/part.js';

/** Flags of `dtstream verify`. */
export interface VerifyFlags extends GlobalFlags, LogFlags, PartFlags {
  readonly group?: string;
  readonly topic: string;
  readonly json: boolean;
}
