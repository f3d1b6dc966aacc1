import { Command } from 'commander';
import { addLogFlags, type LogFlags } from './log-flags.js';
import { addGlobalFlags, type GlobalFlags, groupName } from './options.js';
import { addS3Flags, type S3Flags } from './s3-flags.js';

/** Flags of `dtstream doctor`. */
export interface DoctorFlags extends GlobalFlags, LogFlags, S3Flags {
  readonly topic: string;
  readonly group: string;
  readonly json: boolean;
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('look at everything that dtstream needs, and say what to do where something is wrong')
    .argument('[input...]', 'inputs to look at as well: files, globs, directories, s3://bucket/prefix')
    .option('--topic <name>', 'topic of the rows', 'data_raw')
    .option('--group <name>', 'group that processes them', groupName, 'dtstream')
    .option('--json', 'print the findings as one JSON', false)
    .addHelpText('after', details)
    .action(async (inputs: string[], flags: DoctorFlags) => {
      const { runDoctor } = await import('./doctor-run.js');
      await runDoctor(inputs, flags);
    });
  return addS3Flags(addGlobalFlags(addLogFlags(command)));
}

const details = `
Give it the flags, variables and file that the other commands get. Nothing is changed: no topic, group or store is made.

Examples:
  dtstream doctor
  dtstream doctor --brokers broker1:9092 --group shift
  dtstream doctor s3://muons/run591/ --json

Exit code: 0 nothing has failed (there may be warnings), 1 something has.`;
