import type { GlobalFlags } from '../flags/common.js';
import type { Glyphs } from '../../tui/draw/style.js';

/** Flags of `dtstream demo`. */
export interface DemoFlags extends GlobalFlags {
  /** Rows/s; Infinity = as fast as possible; `detector` = by the orbit counter. */
  readonly rate: number | 'detector';
  readonly seed: number;
  readonly fault: boolean;
  readonly threads?: number;
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
}
