import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { PartFlags } from '../flags/part.js';

/** Flags of `dtstream reference`. */
export interface ReferenceFlags extends GlobalFlags, LogFlags, PartFlags {
  readonly topic: string;
  readonly group?: string;
  /** Live time of the detector in ms. */
  readonly for?: number;
  readonly untilEnd: boolean;
  readonly add?: readonly string[];
  readonly show?: string;
  readonly out?: string;
  readonly force: boolean;
}
