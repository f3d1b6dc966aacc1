import type { Command, Option } from 'commander';
import { z } from 'zod';
import { configSchema } from './schema.js';
import { flagName, isSettable } from './option-text.js';
import type { Console } from '../console/console.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** `dtstream config schema`: the JSON Schema of a configuration file, with a property for every flag. */
export async function runConfigSchema(console: Console, commands: readonly Command[]): Promise<void> {
  await console.writeOut(`${JSON.stringify(configJsonSchema(commands), null, 2)}\n`);
}

function configJsonSchema(commands: readonly Command[]): JsonSchema {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  const all = commands.flatMap(({ options }) => options);
  const byCommand = commands.map((command) => [
    command.name(),
    { ...flagsSchema(command.options), description: command.description() },
  ]);
  return {
    title: 'Configuration of dtstream',
    ...schema,
    properties: {
      ...schema.properties,
      defaults: { ...flagsSchema(all), description: 'defaults of flags, for every command that has them' },
      commands: {
        type: 'object',
        properties: Object.fromEntries(byCommand) as JsonSchema,
        additionalProperties: false,
        description: 'defaults of flags for one command; they override those for all commands',
      },
    },
  };
}

function flagsSchema(options: readonly Option[]): JsonSchema {
  const properties = options.filter(isSettable).map((option) => [flagName(option), flagSchema(option)]);
  return { type: 'object', properties: Object.fromEntries(properties) as JsonSchema, additionalProperties: false };
}

function flagSchema(option: Option): JsonSchema {
  const { description } = option;
  if (option.isBoolean()) return { type: 'boolean', description };
  if (option.argChoices !== undefined) return { enum: option.argChoices, description };
  const deprecated = option.hidden ? { deprecated: true } : {};
  return { type: ['string', 'number', 'array'], items: { type: ['string', 'number'] }, description, ...deprecated };
}
