import { Command, Option } from 'commander';
import { addGlobalFlags } from '../flags/common.js';
import { addInputFlags } from '../flags/input.js';
import type { ConvertFlags } from './flags.js';
import { outputFormats } from './output-format.js';
import type { Console } from '../console/console.js';

export function convertCommand(console: Console): Command {
  const command = new Command('convert')
    .description('write the rows of inputs to one file: CSV, DAQ words or Parquet')
    .argument(
      '<input...>',
      'files, globs, directories, s3://bucket/prefix or - for stdin: CSV, DAQ words, also gzip or Zstandard, or Parquet',
    )
    .requiredOption('--out <file>', 'output file; its name says the format: .csv, .dat, .parquet, .csv.gz, .dat.gz')
    .addOption(new Option('--to <format>', 'format of the output, whatever its name').choices(outputFormats))
    .option('--force', 'overwrite the --out file, and its .rest.csv, even if it holds data', false)
    .addHelpText('after', details)
    .action(async (inputs: string[], flags: ConvertFlags) => {
      const { runConvert } = await import('./run.js');
      await runConvert(console, inputs, flags);
    });
  return addInputFlags(addGlobalFlags(command));
}

const details = `
All rows are written in their order, whatever their HEAD. Rows that the format does not hold go to FILE.rest.csv, with a
warning: malformed rows, and in words also numbers that are not whole or too large for their bits. Each row is in one of
the two files, and the last line says how many are in each. The files get their names when they are complete.

Examples:
  dtstream convert run591.dat --out run591.parquet      for pandas, Polars or DuckDB
  dtstream convert run591.parquet --out run591.dat      and back
  dtstream convert 'daq/*.dat' --out run7.csv.gz        several files into one
  dtstream convert old.txt --head 1 --channel-offset -1 --tdc-offset 1 --out old.dat
  xzcat run.csv.xz | dtstream convert - --out run.dat   from a pipe`;
