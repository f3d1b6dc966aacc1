import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';

/** Flags of `dtstream topics`. */
export interface TopicsFlags extends GlobalFlags, LogFlags {
  readonly json: boolean;
}
