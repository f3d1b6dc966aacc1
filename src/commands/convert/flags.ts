import type { GlobalFlags } from '../flags/common.js';
import type { InputFlags } from '../flags/input.js';
import type { OutputFormat } from './output-format.js';

/** Flags of `dtstream convert`. */
export interface ConvertFlags extends GlobalFlags, InputFlags {
  readonly out: string;
  readonly to?: OutputFormat;
  readonly force: boolean;
}
