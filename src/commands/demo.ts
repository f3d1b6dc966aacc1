import { Command } from 'commander';
import { addComputeFlags, addGlobalFlags, type ComputeFlags, type GlobalFlags, wholeNumber } from './options.js';

/** Flags of `dtstream demo`. */
export interface DemoFlags extends GlobalFlags, ComputeFlags {
  readonly rows: number;
  readonly seed: number;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('simulate cosmic muons, process them and draw what came out')
    .option('--rows <n>', 'rows to simulate', wholeNumber(1, 1e9), 1_000_000)
    .option('--seed <n>', 'seed of the simulator: same seed, same hits', wholeNumber(0, 2 ** 32 - 1), 1)
    .action(async (flags: DemoFlags) => {
      const { runDemo } = await import('./demo-run.js');
      await runDemo(flags);
    });
  return addGlobalFlags(addComputeFlags(command));
}
