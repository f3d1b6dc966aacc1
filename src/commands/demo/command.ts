import { Command } from 'commander';
import { addGlobalFlags } from '../flags/common.js';
import { glyphsOption } from '../flags/glyphs.js';
import { parsePace, wholeNumber } from '../flags/quantity.js';
import type { DemoFlags } from './flags.js';
import type { Console } from '../console/console.js';

export function demoCommand(console: Console): Command {
  const command = new Command('demo')
    .description('run everything on simulated muons: produce, process and the dashboard')
    .option(
      '--rate <rows/s>',
      'rows per second, such as 1000 or 10k; max: as fast as possible; detector: as it measures them, about 5500',
      parsePace,
      'detector',
    )
    .option('--seed <n>', 'seed of the simulator: same seed, same hits', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--no-fault', 'a detector that nothing goes wrong with')
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

At the pace of the detector two faults come in the first two minutes: after 20 s a channel is dead, and after 55 s the
times of a chamber are 25 ns late, each for 25 s. The demo says when an alarm names them and when it is over. They are
found by comparing with a run without a fault, which is simulated in the first seconds.

Examples:
  dtstream demo
  dtstream demo --no-fault
  dtstream demo --rate 50k --seed 7
  dtstream demo | tail -n 60                 without a terminal: the last snapshots`;
