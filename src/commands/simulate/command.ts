import { Command, Option } from 'commander';
import { sourceFormats } from '../../sources/hit-source.js';
import { addGlobalFlags } from '../flags/common.js';
import { wholeNumber } from '../flags/quantity.js';
import { addSimulatorFlags, simulatorOptionsOf } from '../flags/simulator.js';
import { faultFlag } from '../flags/fault.js';
import type { SimulateFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function simulateCommand(console: Console): Command {
  const command = new Command('simulate')
    .description('write simulated rows of cosmic muons to a file or stdout')
    .option(
      '--rows <n>',
      'total number of rows without the header line, such as 5000 or 2M (default: endless)',
      wholeNumber(1),
    )
    .addOption(
      new Option(
        '--format <format>',
        'CSV lines or 64-bit words; words are never malformed (default: words into a .dat file, else csv)',
      ).choices(sourceFormats),
    )
    .option('--out <file>', 'output file, which must be new or empty (default: stdout)')
    .option('--truth <file>', 'also write every muon with its track and its hits to a file, as JSON lines')
    .addOption(faultFlag())
    .option('--force', 'overwrite the files of --out and --truth even if they hold data', false)
    .addHelpText('after', examples)
    .action(async (flags: Omit<SimulateFlags, 'simulator'>) => {
      const { runSimulate } = await import('./run.js');
      await runSimulate(console, { ...flags, simulator: simulatorOptionsOf({ ...flags }) });
    });
  return addSimulatorFlags(addGlobalFlags(command));
}

const examples = `
Examples:
  dtstream simulate --rows 1M --out run.csv
  dtstream simulate --rows 1M --seed 7 --out run.dat
  dtstream simulate --rows 1M --out run.csv --truth run.truth.jsonl
  dtstream simulate --rows 8M --out run.csv --fault dead:1:37@700,t0:2:+12@800-900
  dtstream simulate | head                          the first rows
  dtstream simulate --rows 10k --dead 2:17 --hot 0:5:40 | dtstream process - --summary`;
