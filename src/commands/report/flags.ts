import type { ComputeFlags, GlobalFlags } from '../flags/common.js';
import type { InputFlags } from '../flags/input.js';
import type { LogFlags } from '../flags/log.js';
import type { PartFlags } from '../flags/part.js';
import type { QualityFlags } from '../quality/flags.js';

/** Flags of `dtstream report`. */
export interface ReportFlags extends GlobalFlags, LogFlags, PartFlags, InputFlags, ComputeFlags, QualityFlags {
  readonly topic: string;
  /** Absent = the only one. */
  readonly group?: string;
  /** Number of the mark of the logbook that the part begins with. */
  readonly mark?: number;
  /** Folder of the logbook. */
  readonly state?: string;
  readonly title?: string;
  readonly batchRows?: number;
  readonly out?: string;
  readonly force: boolean;
}
