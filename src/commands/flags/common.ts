import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from './quantity.js';

/** Flags that every subcommand takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly logFormat: 'text' | 'json';
  readonly quiet: boolean;
}

export function addGlobalFlags(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'YAML file with the geometry, the log and defaults of flags; else DTSTREAM_CONFIG, else ./dtstream.yaml',
    )
    .addOption(
      new Option('--log-format <format>', 'how lines on stderr look: for people, or a JSON object each')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--quiet', 'no progress on stderr, only warnings and errors', false);
}

/** How help says the default number of threads. */
export function oneACore(): string {
  return `one a core, here ${availableParallelism()}`;
}

/** Flags that decide how rows are computed, wherever they come from. */
export interface ComputeFlags {
  readonly threads: number;
  readonly shards?: number;
  readonly lateness: number;
}

const threadsMax = 256;
/** Routing keeps a row's shard in one byte. */
const shardsMax = 255;

export function addComputeFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--threads <n>', 'worker threads')
        .argParser(wholeNumber(1, threadsMax))
        .default(availableParallelism(), oneACore()),
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

/** Parses the name of a group by the rule that both logs have for names. */
export function groupName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(text) && text !== '.' && text !== '..') return text;
  throw new InvalidArgumentError('must be a name of 1 to 200 of A-Z a-z 0-9 . _ -');
}
