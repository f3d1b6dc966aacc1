import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Flags that every subcommand takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly logFormat: 'text' | 'json';
  readonly quiet: boolean;
}

export function addGlobalFlags(command: Command): Command {
  return command
    .option('--config <file>', 'YAML file with the geometry of the chambers')
    .addOption(
      new Option('--log-format <format>', 'how messages on stderr look').choices(['text', 'json']).default('text'),
    )
    .option('--quiet', 'no progress on stderr, errors only', false);
}

/** Flags that decide how rows are computed, wherever they come from. */
export interface ComputeFlags {
  readonly threads: number;
  readonly shards?: number;
  readonly lateness: number;
}

const threadsMax = 256;
const shardsMax = 1024;

export function addComputeFlags(command: Command): Command {
  return command
    .option('--threads <n>', 'worker threads', wholeNumber(1, threadsMax), availableParallelism())
    .option(
      '--shards <n>',
      'parts that orbits are spread over (default: as many as threads)',
      wholeNumber(1, shardsMax),
    )
    .option(
      '--lateness <orbits>',
      'orbits that hits may be out of order before they count as late',
      wholeNumber(0, 2 ** 31),
      4096,
    );
}

/** A parser for a flag that takes a whole number in [min, max]. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
