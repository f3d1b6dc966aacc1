import type { GlobalFlags } from '../flags/common.js';
import type { LogFlags } from '../flags/log.js';
import type { StartPlace } from '../flags/start-place.js';
import type { MetricsFlags } from '../metrics/flags.js';
import type { QualityFlags } from '../quality/flags.js';

/** Flags of all that looks at the messages of a topic. */
export interface MonitoredFlags extends GlobalFlags, LogFlags, QualityFlags {
  readonly topic: string;
  /** Absent = the only one. */
  readonly group?: string;
  /** Folder of the logbook. */
  readonly state?: string;
}

/** Flags of `dtstream monitor`. */
export interface MonitorFlags extends MonitoredFlags, MetricsFlags {
  readonly from: StartPlace;
  readonly untilEnd: boolean;
  /** ms */
  readonly idle: number;
  readonly exec?: string;
}

/** Flags of `dtstream monitor explain`. */
export interface ExplainFlags extends MonitoredFlags {
  readonly json: boolean;
}

/** Flags of the commands that write to the logbook. */
export interface LogbookFlags extends GlobalFlags, LogFlags {
  readonly topic: string;
  readonly group?: string;
  readonly state?: string;
  readonly note?: string;
}

/** Flags of `dtstream monitor known`. */
export interface KnownFlags extends LogbookFlags {
  readonly remove: boolean;
}
