import { Command, Option } from 'commander';
import { DtstreamError } from '../errors.js';
import { addComputeFlags, addGlobalFlags, type ComputeFlags, type GlobalFlags, wholeNumber } from './options.js';

/** Flags of `dtstream process`. */
export interface ProcessFlags extends GlobalFlags, ComputeFlags {
  readonly batchRows?: number;
  readonly orbitDetail: 'auto' | 'full' | 'none';
  readonly inputFormat: 'auto' | 'csv' | 'dat';
  readonly summary: boolean;
  readonly rejected?: string;
  readonly group: string;
}

/** Rows of one batch at most: bounds the memory that a batch takes. */
const batchRowsMax = 1_000_000;

export function processCommand(): Command {
  const command = new Command('process')
    .description('compute the histograms of every chamber, batch by batch')
    .argument('[input...]', 'files, globs, directories or - for stdin: CSV or DAQ words, also gzipped')
    .option(
      '--batch-rows <n>',
      'rows that make a batch, and with it a message (default: 100000)',
      wholeNumber(1, batchRowsMax),
    )
    .addOption(
      new Option(
        '--orbit-detail <how>',
        'list active channels by orbit: full = always, none = never, auto = while the message stays small',
      )
        .choices(['auto', 'full', 'none'])
        .default('auto'),
    )
    .addOption(
      new Option('--input-format <format>', 'how the inputs are read: auto goes by the name, else by the first bytes')
        .choices(['auto', 'csv', 'dat'])
        .default('auto'),
    )
    .option('--summary', 'print one JSON with the totals instead of the messages', false)
    .option('--rejected <file>', 'write rejected rows there with file, line and reason, one JSON a line')
    .option('--group <name>', 'name that results are published under: producer is <name>/0', 'dtstream')
    .addHelpText('after', examples)
    .action(async (inputs: string[], flags: ProcessFlags) => {
      if (inputs.length === 0)
        throw new DtstreamError('usage', 'process needs an input: a file, a glob, a directory or - for stdin');
      const { runDirect } = await import('./process-direct.js');
      await runDirect(inputs, flags);
    });
  return addGlobalFlags(addComputeFlags(command));
}

const examples = `
Examples:
  dtstream process run.dat --summary                    totals of a file, as one JSON
  dtstream process runs/ 'more/*.csv.gz' > out.ndjson   a message a batch, one a line
  xzcat run.csv.xz | dtstream process - --summary       from a pipe`;
