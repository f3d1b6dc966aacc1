import type { BenchFlags } from './flags.js';
import type { RunSettings } from './settings.js';
import type { BenchState } from './state.js';
import type { Console } from '../console/console.js';

/** What runs and searches need. */
export interface BenchContext {
  readonly console: Console;
  readonly flags: BenchFlags;
  readonly settings: RunSettings;
  readonly state: BenchState;
  readonly signal: AbortSignal;
}
