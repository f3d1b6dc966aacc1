import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { simulatorOptionsSchema } from '../../sources/simulator/options.js';
import { plainNumber } from './quantity.js';

/** Options of the simulator that have no flag of their own: they follow from other flags. */
const withoutFlag: readonly string[] = ['format', 'rows', 'geometry'];

const groupHeading = 'Simulated rows:';

/** The first simulator flag on the command line. */
export function givenSimulatorFlag(command: Command): string | undefined {
  return command.options.find(
    (option) =>
      option.helpGroupHeading === groupHeading && command.getOptionValueSource(option.attributeName()) === 'cli',
  )?.long;
}

/** Adds a flag for every option of the simulator: `noiseRateHz` is `--<prefix>noise-rate-hz`. */
export function addSimulatorFlags(command: Command, prefix: '' | 'sim-'): Command {
  for (const [name, schema] of Object.entries(simulatorOptionsSchema.shape)) {
    if (withoutFlag.includes(name)) continue;
    const standard = schema.safeParse(undefined).data;
    const flag = `--${prefix}${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const value = Array.isArray(standard) ? '<list>' : '<n>';
    const description =
      typeof standard === 'number' ? `${schema.description} (default: ${standard})` : schema.description;
    command.addOption(
      new Option(`${flag} ${value}`, description).helpGroup(groupHeading).argParser((text: string) => {
        const result = schema.safeParse(Array.isArray(standard) ? listWithoutUnits(text) : plainNumber(text));
        if (!result.success) throw new InvalidArgumentError(`${ruleOf(result.error.issues[0], name)}.`);
        return result.data;
      }),
    );
  }
  return command;
}

/** Numbers of a list in the form that the schema reads; wires stay unchanged. */
function listWithoutUnits(text: string): string {
  return text.split(',').map(plainNumber).join(',');
}

/** The simulator's options among the flags, without those that were not given. */
export function simulatorOptionsOf(
  flags: Readonly<Record<string, unknown>>,
  prefix: '' | 'sim-',
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(simulatorOptionsSchema.shape)) {
    if (withoutFlag.includes(name)) continue;
    const flag = prefix === '' ? name : `sim${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    if (flags[flag] !== undefined) options[name] = flags[flag];
  }
  return options;
}

/** A broken rule of the schema as a command line says it. */
function ruleOf(issue: z.core.$ZodIssue | undefined, name: string): string {
  if (name === 'dead') return 'must be a list of chamber:channel (0-63 inside the chamber), such as 2:17,3:5';
  if (name === 'hot')
    return 'must be a list of chamber:channel:factor (channel 0-63 inside the chamber), such as 2:17:50,3:5:40';
  if (issue?.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue?.code === 'too_small') return `must be at least ${issue.minimum}`;
  return issue?.code === 'invalid_type' && issue.expected === 'int' ? 'must be a whole number' : 'must be a number';
}
