import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Console } from '../console/console.js';
import { addGlobalFlags, onePerCore } from '../flags/common.js';
import { duration, plainNumber, wholeNumber } from '../flags/quantity.js';
import type { DrillFlags } from './flags.js';
import { liveMinS } from '../reference/live-time.js';
import { warmS } from './faults.js';

const factorMin = 0.01;
const factorMax = 100;
/** Shortest time before a fault: a reference must be there. */
const beforeMinS = liveMinS + warmS;

export function drillCommand(console: Console): Command {
  const command = new Command('drill')
    .description('break a simulated detector on purpose, and measure what the quality tests find, and how soon')
    .option('--fault <kind:args,…>', 'only these faults, without times, such as dead:1:37,t0:1:+12; repeatable', listed)
    .option('--seeds <n>', 'runs of each fault, each with another detector (default: 5, at other rates 1)', wholeNumber(1, 1000))
    .addOption(
      new Option('--rate-factor <list>', 'multiples of the default rates of muons and noise')
        .argParser(factorsOf)
        .default([0.1, 1, 10], '0.1,1,10'),
    )
    .option(
      '--healthy <time>',
      'detector time without a fault, at each rate (default: 24h, at other rates 2h)',
      duration({ minMs: 60_000 }),
    )
    .option('--no-healthy', 'faults only')
    .addOption(
      new Option('--before <time>', `detector time before a fault; all but ${warmS} s of it make the reference`)
        .argParser(duration({ minMs: 1000 * beforeMinS }))
        .default(700_000, '700s'),
    )
    .addOption(
      new Option('--after <time>', 'detector time after the start of a fault')
        .argParser(duration({ minMs: 10_000 }))
        .default(300_000, '300s'),
    )
    .option('--log', 'one run of each fault through a log on disk: produce, process and its messages', false)
    .addOption(
      new Option('--threads <n>', 'worker threads').argParser(wholeNumber(1, 256)).default(availableParallelism(), onePerCore()),
    )
    .addOption(new Option('--json', 'print the result as a JSON object').default(false).conflicts('markdown'))
    .option('--markdown', 'print the tables as Markdown', false)
    .addHelpText('after', details)
    .action(async (flags: DrillFlags) => {
      const { runDrill } = await import('./run.js');
      await runDrill(console, flags);
    }); // prettier-ignore
  return addGlobalFlags(command);
}

function listed(text: string, before?: string): string {
  return before === undefined ? text : `${before},${text}`;
}

function factorsOf(text: string): readonly number[] {
  const factors = text.split(',').map(plainNumber);
  const isGood = (factor: unknown): factor is number =>
    typeof factor === 'number' && factor >= factorMin && factor <= factorMax;
  if (factors.every(isGood) && new Set(factors).size === factors.length) return factors;
  throw new InvalidArgumentError(`must be different numbers from ${factorMin} to ${factorMax}, such as 0.1,1,10.`);
}

const details = `
Simulated rows go the way of measured ones, faster than a detector makes them: decoded and counted by the threads of
process, its messages judged by the tests of monitor. Each run has a fault at a known time. It is found when one of the
tests that must name it raises an alarm on the right object; latency is detector time from the first row that the fault
touches to the message with the alarm. Right object and right kind are of the first alarm after the fault; extra alarms
are those that the fault does not explain. docs/quality.md says what is demanded, and has a table of a full drill.

Exit code: 0 all that is demanded was met; 1 something was not.

Examples:
  dtstream drill                                                  everything: 1.8 billion rows, half an hour or more
  dtstream drill --rate-factor 1 --seeds 1 --healthy 1h
  dtstream drill --fault dead:1:37,dead:0:5 --rate-factor 1 --no-healthy
  dtstream drill --log --fault hot:1:37:10
  dtstream drill --markdown > drill.md`;
