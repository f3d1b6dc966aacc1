import type { RunFlags } from './flags.js';
import type { LineCommands } from './line.js';

const produceFlags = [
  ...(['inputFormat', 'head', 'channelOffset', 'tdcOffset', 'signedOrbits'] as const),
  ...(['s3Endpoint', 's3Region', 's3Ca', 's3Anonymous', 's3RequesterPays'] as const),
  ...(['partitions', 'follow', 'newRun'] as const),
] satisfies readonly (keyof RunFlags)[];
const processFlags = ['threads', 'lateness', 'flushAfter'] satisfies readonly (keyof RunFlags)[];
const logFlags = ['brokers', 'brokerWait', 'config', 'prefix'] satisfies readonly (keyof RunFlags)[];
/** Flags whose value is in ms. */
const timeFlags: readonly (keyof RunFlags)[] = ['flushAfter', 'brokerWait'];

/**
 * The commands of a line, as a user would start them in terminals of their own.
 *
 * @param how.given names of the flags to pass on; others keep the defaults of the commands, also those of a configuration
 */
export function lineCommands(
  inputs: readonly string[],
  flags: RunFlags,
  how: { readonly given: ReadonlySet<string>; readonly isQuiet: boolean },
): LineCommands {
  const words = (names: readonly (keyof RunFlags)[]): string[] =>
    names.filter((name) => how.given.has(name)).flatMap((name) => flagWord(name, flags[name]));
  const { brokers, store, group, rate, follow } = flags;
  const log = [...words(logFlags), ...(brokers === undefined ? [`--store=${store}`] : [])];
  const shared = [...(how.isQuiet ? ['--quiet'] : []), ...log];
  const rateWord = `--rate=${rate === Infinity ? 'max' : rate}`;
  const process = ['process', ...shared, `--group=${group}`];
  // Rows in any order are counted when all of them are there.
  const isWhole = flags.lateness === Infinity;
  return {
    produce: ['produce', ...shared, '--resume', rateWord, ...words(produceFlags), '--', ...inputs],
    ...(isWhole ? {} : { process: [...process, ...words(processFlags)] }),
    // The rows that come to an end are all there are: their last orbits are published.
    ...(follow ? {} : { finish: [...process, ...words(['threads', 'lateness']), '--until-end'] }),
  };
}

/** A flag as a word of a command line; none where it is off. */
function flagWord(name: keyof RunFlags, value: RunFlags[keyof RunFlags]): string[] {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === undefined || value === false) return [];
  if (value === true) return [flag];
  if (name === 'lateness' && value === Infinity) return [`${flag}=all`];
  return [`${flag}=${value}${timeFlags.includes(name) ? 'ms' : ''}`];
}
