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
    .option('--config <file>', 'YAML file with the geometry: chambers and trigger channels')
    .addOption(
      new Option('--log-format <format>', 'how messages on stderr look').choices(['text', 'json']).default('text'),
    )
    .option('--quiet', 'no progress on stderr, only warnings and errors', false);
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
    .addOption(
      new Option('--threads <n>', 'worker threads')
        .argParser(wholeNumber(1, threadsMax))
        .default(availableParallelism(), `one a core, here ${availableParallelism()}`),
    )
    .option(
      '--shards <n>',
      'parts that orbits are spread over; results do not depend on it (default: as many as threads)',
      wholeNumber(1, shardsMax),
    )
    .option(
      '--lateness <orbits>',
      'orbits that a hit may come after a later one before it counts as late; one is 89.1 µs',
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
