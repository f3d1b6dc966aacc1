import { type Command, Option } from 'commander';
import type { GlobalFlags } from '../flags/common.js';
import { duration } from '../flags/quantity.js';

/** Flags that decide what the quality tests have to compare with. */
export interface QualityFlags extends Pick<GlobalFlags, 'config'> {
  /** Live seconds of the detector, in ms. */
  readonly fold: number;
  readonly reference?: string;
  /** Live seconds of the detector, in ms. */
  readonly learn?: number;
}

/** @param fold what `--fold` means for the command */
export function addQualityFlags(command: Command, fold: string): Command {
  return command
    .option('--reference <file>', 'what a good run looks like, made by dtstream reference')
    .option(
      '--learn <time>',
      'take the first so many live seconds as the reference; each alarm then says learned',
      duration({ minMs: 10_000 }),
    )
    .addOption(new Option('--fold <time>', fold).argParser(duration({ minMs: 0 })).default(3_600_000, '1h'));
}

/** The flag that says whose logbook is meant. */
export function addStateFlag(command: Command): Command {
  return command.option(
    '--state <dir>',
    'folder of the logbook (default: quality in the store; with --brokers, in the folder for states of the user)',
  );
}
