import type { BenchFlags } from './flags.js';
import type { RunSettings } from './one-run.js';
import type { BenchState } from './state.js';

/** What runs and searches need. */
export interface BenchContext {
  readonly flags: BenchFlags;
  readonly settings: RunSettings;
  readonly state: BenchState;
  readonly signal: AbortSignal;
}
