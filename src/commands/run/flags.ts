import type { GlobalFlags } from '../flags/common.js';
import type { InputFlags } from '../flags/input.js';
import type { LogFlags } from '../flags/log.js';
import type { Glyphs } from '../../tui/draw/style.js';

/** Flags of `dtstream run`. */
export interface RunFlags extends GlobalFlags, LogFlags, InputFlags {
  /** Rows/s; Infinity = as fast as possible. */
  readonly rate: number;
  readonly follow: boolean;
  readonly newRun: boolean;
  readonly group: string;
  readonly partitions?: number;
  readonly threads?: number;
  /** Orbits; Infinity = all. */
  readonly lateness: number;
  /** ms */
  readonly flushAfter?: number;
  readonly plain: boolean;
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
}
