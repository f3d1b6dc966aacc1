import type { Command, Option } from 'commander';
import type { ConfigFile, ConfigProblem } from './file.js';
import { type ConfigValues, flagKeys, type FlagValue } from './schema.js';
import { didYouMean } from './did-you-mean.js';
import { flagName, isSettable, parseOptionText } from './option-text.js';

/** A flag's value in a configuration file. */
export interface FlagSetting {
  readonly text: string;
  /** `file:line:column` */
  readonly place: string;
  readonly key: string;
}

/** The value of a command's flag in a file; the most specific place counts: the command, all commands, a separate key. */
export function flagSetting(
  file: ConfigFile,
  values: ConfigValues,
  commandName: string,
  option: Option,
): FlagSetting | undefined {
  const flag = flagName(option);
  const key = flagKeys.find((entry) => entry.flag === flag);
  const places: (readonly [value: FlagValue | undefined, path: readonly string[]])[] = [
    [values.commands?.[commandName]?.[flag], ['commands', commandName, flag]],
    [values.defaults?.[flag], ['defaults', flag]],
    [key && valueAt(values, key.path), key?.path ?? []],
  ];
  for (const [value, path] of places) {
    if (value === undefined) continue;
    return { text: textOf(file, value, path), place: file.placeOf(path), key: path.join('.') };
  }
  return undefined;
}

/** Everything in the flags of a file that no command takes. */
export function flagProblems(file: ConfigFile, values: ConfigValues, commands: readonly Command[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const all = commands.flatMap(({ options }) => options);
  checkFlags(['defaults'], values.defaults, all);
  for (const [name, flags] of Object.entries(values.commands ?? {})) {
    const command = commands.find((candidate) => candidate.name() === name);
    const names = commands.map((candidate) => candidate.name());
    if (command !== undefined) checkFlags(['commands', name], flags, command.options);
    else addProblem(['commands'], name, `Unrecognized key: "${name}"${didYouMean(name, names)}`);
  }
  for (const { path, flag } of flagKeys) {
    const value = valueAt(values, path);
    if (value !== undefined)
      checkValue(
        path,
        value,
        all.filter((option) => flagName(option) === flag),
      );
  }
  return problems;

  function checkFlags(
    path: readonly string[],
    flags: Readonly<Record<string, FlagValue>> | undefined,
    options: readonly Option[],
  ): void {
    for (const [name, value] of Object.entries(flags ?? {})) {
      const named = options.filter((option) => flagName(option) === name);
      const names = [...new Set(options.filter((option) => isSettable(option) && !option.hidden).map(flagName))];
      if (named.length === 0) addProblem(path, name, `Unrecognized key: "${name}"${didYouMean(name, names)}`);
      else if (!named.every(isSettable)) addProblem(path, name, `--${name} is given on the command line only`);
      else checkValue([...path, name], value, named);
    }
  }

  function checkValue(path: readonly string[], value: FlagValue, options: readonly Option[]): void {
    const text = textOf(file, value, path);
    // Several commands may have flags of one name with rules of their own: all of them must take it.
    for (const option of options) {
      const parsed = parseOptionText(option, text);
      if (!('rule' in parsed)) continue;
      problems.push({ place: file.placeOf(path), rule: `${path.join('.')}: ${parsed.rule}` });
      return;
    }
  }

  function addProblem(path: readonly string[], key: string, rule: string): void {
    problems.push({ place: file.placeOf(path, key), rule: `${path.join('.')}: ${rule}` });
  }
}

function valueAt(values: ConfigValues, path: readonly string[]): FlagValue | undefined {
  let found: unknown = values;
  for (const step of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined;
  }
  return ['string', 'boolean'].includes(typeof found) || Array.isArray(found) ? (found as FlagValue) : undefined;
}

/** The value as it would be on the command line: a list apart by commas. */
function textOf(file: ConfigFile, value: FlagValue, path: readonly string[]): string {
  if (Array.isArray(value)) return value.map(String).join(',');
  return file.textAt(path) ?? String(value);
}
