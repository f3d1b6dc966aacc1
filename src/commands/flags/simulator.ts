import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { simulatorOptionsSchema } from '../../sources/simulator/options.js';
import { plainNumber } from './quantity.js';

/** An option of the simulator as a command line gives it. */
export interface SimulatorSetting {
  /** `noiseRateHz` */
  readonly name: string;
  /** `noise-rate-hz` */
  readonly word: string;
  readonly isList: boolean;
  readonly description: string;
  /** @throws InvalidArgumentError with the rule that the text breaks */
  readonly parse: (text: string) => unknown;
}

/** Options of the simulator that follow from other flags. */
const fromOtherFlags: readonly string[] = ['format', 'rows', 'geometry'];

export const simulatorSettings: readonly SimulatorSetting[] = Object.entries(simulatorOptionsSchema.shape)
  .filter(([name]) => !fromOtherFlags.includes(name))
  .map(([name, schema]) => {
    const standard = schema.safeParse(undefined).data;
    const isList = Array.isArray(standard);
    return {
      name,
      word: name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      isList,
      description: `${schema.description}${typeof standard === 'number' ? ` (default: ${standard})` : ''}`,
      parse: (text) => {
        const result = schema.safeParse(isList ? listWithoutUnits(text) : plainNumber(text));
        if (!result.success) throw new InvalidArgumentError(`${ruleOf(result.error.issues[0], name)}.`);
        return result.data;
      },
    };
  });

/** Heading of these flags in the help. */
export const simulatorHeading = 'Simulated rows:';

/** A flag for an option of the simulator: `noiseRateHz` is `--<prefix>noise-rate-hz`. */
export function simulatorFlag({ word, isList, description, parse }: SimulatorSetting, prefix = ''): Option {
  return new Option(`--${prefix}${word} ${isList ? '<list>' : '<n>'}`, description)
    .helpGroup(simulatorHeading)
    .argParser(parse);
}

/** Adds a flag for every option of the simulator. */
export function addSimulatorFlags(command: Command): Command {
  for (const setting of simulatorSettings) command.addOption(simulatorFlag(setting));
  return command;
}

/** The simulator's options among the flags, without those that were not given. */
export function simulatorOptionsOf(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = simulatorSettings.filter(({ name }) => flags[name] !== undefined);
  return Object.fromEntries(given.map(({ name }) => [name, flags[name]]));
}

/** Numbers of a list in the form that the schema reads; wires stay unchanged. */
function listWithoutUnits(text: string): string {
  return text.split(',').map(plainNumber).join(',');
}

/** A broken rule of the schema as a command line says it. */
function ruleOf(issue: z.core.$ZodIssue | undefined, name: string): string {
  if (name === 'dead') return 'must be a list of chamber:channel (0-63 inside the chamber), such as 2:17,3:5';
  if (name === 'hot')
    return 'must be a list of chamber:channel:factor (channel 0-63 inside the chamber), such as 2:17:50,3:5:40';
  if (name === 'bursts')
    return 'must be a list of chamber:channel:bursts per second:hits (at most 1000 and 100000), such as 1:37:0.5:20';
  if (name === 'layerEfficiency') return 'must be four numbers from 0 to 1, by layer, such as 0.97,0.97,0.8,0.97';
  if (issue?.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue?.code === 'too_small') return `must be at least ${issue.minimum}`;
  return issue?.code === 'invalid_type' && issue.expected === 'int' ? 'must be a whole number' : 'must be a number';
}
