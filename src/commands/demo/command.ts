import { Command } from 'commander';
import { addGlobalFlags } from '../flags/common.js';
import { glyphsOption } from '../flags/glyphs.js';
import { parseRate, wholeNumber } from '../flags/quantity.js';
import type { DemoFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function demoCommand(console: Console): Command {
  const command = new Command('demo')
    .description('run everything on simulated muons: produce, process and the dashboard')
    .option('--rate <rows/s>', 'rows per second, such as 1000 or 10k; max: as fast as possible', parseRate, 1000)
    .option('--seed <n>', 'seed of the simulator: same seed, same hits', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--threads <n>', 'worker threads of process (default: one per core)', wholeNumber(1, 256))
    .option('--ascii', 'draw with ASCII only, for terminals without block characters', false)
    .addOption(glyphsOption())
    .addHelpText('after', details)
    .action(async (flags: DemoFlags) => {
      const { runDemo } = await import('./run.js');
      await runDemo(console, flags);
    });
  return addGlobalFlags(command);
}

const details = `
The log is a new folder in the system's temporary folder. q stops everything and removes it. Without a terminal, demo
prints plain snapshots of the dashboard for ten seconds.

Examples:
  dtstream demo
  dtstream demo --rate 50k --seed 7
  dtstream demo | tail -n 60                 without a terminal: the last snapshots`;
