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
      'YAML file with geometry, log and flag defaults (default: DTSTREAM_CONFIG, else ./dtstream.yaml)',
    )
    .addOption(
      new Option('--log-format <format>', 'format of stderr: human-readable text or JSON lines')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--quiet', 'no progress on stderr, only warnings and errors', false);
}

/** Default number of threads as shown in help. */
export function onePerCore(): string {
  return `one per core, here ${availableParallelism()}`;
}

/** Flags that decide how rows are computed, wherever they come from. */
export interface ComputeFlags {
  readonly threads: number;
  readonly shards?: number;
  /** Orbits; Infinity = all. */
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
        .default(availableParallelism(), onePerCore()),
    )
    .option(
      '--shards <n>',
      'number of parts over which orbits are distributed; does not change the results (default: at least 8, as many for each thread)',
      wholeNumber(1, shardsMax),
    )
    .addOption(latenessOption().default(4096));
}

/** Orbits by which hits may come late; Infinity = all. */
export function latenessOption(): Option {
  return new Option(
    '--lateness <orbits|all>',
    'number of orbits (89.1 µs each) by which a hit may trail a later one before it counts as late; ' +
      'all: rows in any order, published at the end of an input, up to 100 million hits',
  ).argParser((text) => (text === 'all' ? Infinity : wholeNumber(0, 2 ** 31)(text)));
}

/**
 * Where all rows are held, orbits are distributed over at least so many shards: the table of one fits into a cache. A
 * prime, so that no pattern of the counter fills one of them.
 */
const wholeShardsMin = 127;

/** Of fewer, a large batch has tables that take 20 MB more in all, and do not fit into a cache. */
const shardsMin = 8;

/** Number of shards for these flags: by default as many for each thread. */
export function shardsOf({
  threads,
  shards = threads * Math.ceil(shardsMin / threads),
  lateness,
}: ComputeFlags): number {
  return lateness === Infinity ? Math.max(shards, wholeShardsMin) : shards;
}

/** Parses the name of a group by the rule that both logs have for names. */
export function groupName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(text) && text !== '.' && text !== '..') return text;
  throw new InvalidArgumentError('must be 1 to 200 characters of A-Z a-z 0-9 . _ -');
}
