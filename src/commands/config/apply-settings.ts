import type { Command, Option } from 'commander';
import { DtstreamError } from '../../errors.js';
import type { FlagSetting } from './flag-settings.js';
import { flagName, isSettable, parseOptionText, variableName } from './option-text.js';

/** Of these flags only one counts: one that was said nearer to the user takes the place of the others. */
const alternatives: readonly (readonly string[])[] = [
  ['store', 'brokers'],
  ['once', 'json', 'plain'],
];
const ranks: Readonly<Record<string, number>> = { default: 0, config: 1, env: 2, cli: 3 };

/** Where a flag's value comes from, in words: `default`, `DTSTREAM_RATE`, `dtstream.yaml:3:9`. */
export type Origins = ReadonlyMap<string, { readonly text: string; readonly from: string }>;

/**
 * Sets the flags of a command that were not on its command line from the environment, or else from the file.
 *
 * @param inFile the value of a flag in the configuration file
 * @returns for the flags that got a value, its text and origin, by name
 * @throws DtstreamError `usage` for a variable that its flag does not accept
 */
export function applySettings(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
  inFile: (option: Option) => FlagSetting | undefined,
): Origins {
  const origins = new Map<string, { text: string; from: string }>();
  for (const option of command.options) {
    if (!isSettable(option) || sourceOf(command, option) === 'cli') continue;
    const variable = env[variableName(option)];
    if (variable !== undefined && variable !== '') {
      set(command, option, variable, 'env', variableName(option));
      origins.set(flagName(option), { text: variable, from: variableName(option) });
      continue;
    }
    const setting = inFile(option);
    if (setting === undefined) continue;
    set(command, option, setting.text, 'config', setting.key);
    origins.set(flagName(option), { text: setting.text, from: setting.place });
  }
  for (const names of alternatives) {
    for (const option of outranked(command, names)) {
      command.setOptionValueWithSource(option.attributeName(), option.defaultValue, 'default');
      origins.delete(flagName(option));
    }
  }
  return origins;
}

function set(command: Command, option: Option, text: string, source: 'env' | 'config', name: string): void {
  const parsed = parseOptionText(option, text);
  if ('rule' in parsed) throw new DtstreamError('usage', `${name} ${parsed.rule}`);
  command.setOptionValueWithSource(option.attributeName(), parsed.value, source);
}

/** The given ones of `names` that another one was given nearer than. */
function outranked(command: Command, names: readonly string[]): Option[] {
  const given = command.options.filter(
    (option) => names.includes(flagName(option)) && isGiven(command.getOptionValue(option.attributeName())),
  );
  const rankOf = (option: Option): number => ranks[sourceOf(command, option)] ?? 0;
  const highest = Math.max(...given.map(rankOf));
  return given.filter((option) => rankOf(option) > 0 && rankOf(option) < highest);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function sourceOf(command: Command, option: Option): string {
  return command.getOptionValueSource(option.attributeName()) ?? 'default';
}
