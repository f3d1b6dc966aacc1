import type { GlobalFlags } from '../flags/common.js';
import type { Glyphs } from '../../tui/draw/style.js';

/** Flags of `dtstream demo`. */
export interface DemoFlags extends GlobalFlags {
  /** Rows/s; Infinity = as fast as possible. */
  readonly rate: number;
  readonly seed: number;
  readonly threads?: number;
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
}
