import type { PhysicsMode } from '../../domain/physics-settings.js';
import type { ComputeFlags, GlobalFlags } from '../flags/common.js';
import type { InputFlags } from '../flags/input.js';
import type { LogFlags } from '../flags/log.js';
import type { StartPlace } from '../flags/start-place.js';
import type { MetricsFlags } from '../metrics/flags.js';
import type { RecreateFlags } from '../topics/recreate-topics.js';

/** Forms of a summary: an object, a page, or its histograms as UHI JSON or as a table. */
export const summaryForms = ['json', 'text', 'uhi', 'csv'] as const;
export type SummaryForm = (typeof summaryForms)[number];

/** Flags with which inputs are processed without a log. */
export interface DirectFlags extends GlobalFlags, ComputeFlags, InputFlags, MetricsFlags {
  readonly batchRows?: number;
  readonly orbitDetail: 'auto' | 'full' | 'none';
  readonly physics: PhysicsMode;
  readonly summary: boolean;
  /** Of the summary. */
  readonly format?: SummaryForm;
  readonly ascii: boolean;
  readonly rejected?: string;
  /** File of a report. */
  readonly report?: string;
  readonly force: boolean;
  readonly group: string;
}

/** Flags of `dtstream process`. */
export interface ProcessFlags extends DirectFlags, LogFlags, RecreateFlags {
  readonly topic: string;
  readonly batchInterval: number;
  readonly idle: number;
  readonly flushAfter?: number;
  readonly from: StartPlace;
  readonly reset: boolean;
  readonly untilEnd: boolean;
  readonly lanes: number;
  readonly replicationFactor?: number;
  readonly ownLanes?: number;
}
