import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { PartFlags } from '../flags/part.js';
import type { Glyphs } from '../../tui/draw/style.js';
import type { HttpAddress } from './http/http-address.js';
import type { QualityFlags } from '../quality/flags.js';

/** Flags of `dtstream watch`. */
export interface WatchFlags extends GlobalFlags, LogFlags, PartFlags, QualityFlags {
  readonly topic: string;
  readonly group?: string;
  /** Folder of the logbook. */
  readonly state?: string;
  readonly untilEnd: boolean;
  readonly once: boolean;
  readonly brief: boolean;
  readonly json: boolean;
  readonly plain: boolean;
  readonly ascii: boolean;
  /** Window that is shown first, ms. */
  readonly window: number;
  /** Folder of snapshots and reports. */
  readonly outDir: string;
  /** Where a live page is served. */
  readonly http?: HttpAddress;
  readonly glyphs: Glyphs;
}
