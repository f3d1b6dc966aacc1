import type { SourceFormat } from '../../sources/hit-source.js';
import type { GlobalFlags } from '../flags/common.js';

/** Flags of `dtstream simulate`. */
export interface SimulateFlags extends GlobalFlags {
  readonly rows?: number;
  readonly format?: SourceFormat;
  readonly out?: string;
  readonly truth?: string;
  /** Faults as they are asked for. */
  readonly fault?: string;
  readonly force: boolean;
  /** Options of the simulator that were given. */
  readonly simulator: Readonly<Record<string, unknown>>;
}
