import { type Command, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../config/did-you-mean.js';
import {
  simulatorFlag,
  simulatorHeading,
  simulatorOptionsOf,
  type SimulatorSetting,
  simulatorSettings,
} from '../flags/simulator.js';

/** Options of the simulator by name. */
type SimulatorValues = Readonly<Record<string, unknown>>;

/** Of two places in which a flag was given the nearer one counts, in one place the new form. */
const ranks: Readonly<Record<string, number>> = { config: 1, env: 2, cli: 3 };

/**
 * Adds `--sim seed=7,dead=2:17,3:5`: a piece without `=` belongs to the list before it. Each option also has a flag of
 * its own from former versions, `--sim-seed 7`, which the help does not show.
 */
export function addSimFlag(command: Command): Command {
  command.addOption(
    new Option(
      '--sim <key=value,…>',
      'options of the simulator, with the names of the flags of dtstream simulate; repeatable',
    )
      .helpGroup(simulatorHeading)
      .argParser((text, before?: SimulatorValues) => ({ ...before, ...parseSim(text) })),
  );
  for (const setting of simulatorSettings) command.addOption(simulatorFlag(setting, 'sim-').hideHelp());
  return command;
}

/** What the flags say of the simulator, and the first of them on the command line, as it is written there. */
export interface SimFlags {
  readonly values: SimulatorValues;
  readonly onCommandLine?: string;
  /** What to say of flags of former versions that were given. */
  readonly advice?: string;
}

export function simFlagsOf(command: Command): SimFlags {
  const given = command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading === simulatorHeading)
    .map((option) => ({
      flag: option.long ?? '',
      old: simulatorSettings.find(({ word }) => option.long === `--sim-${word}`),
      value: command.getOptionValue(option.attributeName()) as unknown,
      rank: ranks[command.getOptionValueSource(option.attributeName()) ?? ''] ?? 0,
    }))
    .filter(({ value }) => value !== undefined);
  const values: Record<string, unknown> = {};
  const rising = given.toSorted((one, other) => one.rank - other.rank || Number(!one.old) - Number(!other.old));
  for (const { old, value } of rising) Object.assign(values, old === undefined ? value : { [old.name]: value });
  const onCommandLine = given.find(({ rank }) => rank === ranks.cli)?.flag;
  const former = given.flatMap(({ flag, old, value }) => (old === undefined ? [] : [{ flag, old, value }]));
  const form = former.map(({ old, value }) => `${old.word}=${textOf(value)}`).join(',');
  const names = former.map(({ flag }) => flag).join(', ');
  return {
    values: simulatorOptionsOf(values),
    ...(onCommandLine === undefined ? {} : { onCommandLine }),
    ...(former.length === 0 ? {} : { advice: `${names}: deprecated, use --sim ${form}` }),
  };
}

const words = simulatorSettings.map(({ word }) => word);

function parseSim(text: string): SimulatorValues {
  // A comma continues the list before it, unless a key follows.
  const pieces = text.split(/,(?=[^,=]*=)/);
  return Object.fromEntries(
    pieces.map((piece) => {
      const [word, value] = /^([^=]*)=(.*)$/s.exec(piece)?.slice(1) ?? [];
      if (word === undefined || value === undefined)
        throw new InvalidArgumentError('must be key=value,…, such as seed=7,dead=2:17,3:5.');
      const setting = simulatorSettings.find((one) => one.word === word);
      if (setting === undefined)
        throw new InvalidArgumentError(`must have keys of the flags of dtstream simulate${didYouMean(word, words)}.`);
      return [setting.name, parseValue(setting, value)];
    }),
  );
}

function parseValue({ word, parse }: SimulatorSetting, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`${word} ${error.message}`);
  }
}

/** A value as {@link parseSim} reads it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' && value !== null ? Object.values(value).join(':') : String(value);
}
