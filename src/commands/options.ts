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

const countUnits: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6 };

/** A parser for a flag that takes a whole number in [min, max]: `5000`, `10k`, `2M`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const [, digits, unit = ''] = /^(\d+)([kM]?)$/.exec(text) ?? [];
    const value = Number(digits) * (countUnits[unit] ?? Number.NaN);
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Parses the name of a group by the rule that both logs have for names. */
export function groupName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(text) && text !== '.' && text !== '..') return text;
  throw new InvalidArgumentError('must be a name of 1 to 200 of A-Z a-z 0-9 . _ -');
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Parses a time with its unit (`500ms`, `2s`, `1.5m`); a bare number is seconds. Returns ms, at least 1. */
export function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
  if (!(ms >= 1 && ms <= durationMaxMs)) throw new InvalidArgumentError('must be a time such as 500ms, 2s or 5m.');
  return ms;
}

/** One day: timers cannot wait for more than 24 of them. */
const durationMaxMs = 86_400_000;
