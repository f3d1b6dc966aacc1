import type { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { visibleJson, visibleText } from '../../domain/visible-text.js';
import { DtstreamError } from '../../errors.js';
import { loadConfig, loadSettings } from './load.js';
import type { ConfigShowFlags } from './flags.js';
import { applySettings } from './apply-settings.js';
import { configPath } from './path.js';
import { didYouMean } from './did-you-mean.js';
import { flagProblems, flagSetting } from './flag-settings.js';
import { flagName, isSettable, parseOptionText } from './option-text.js';
import { configError } from './read-settings.js';
import { shownSecurity } from '../flags/shown-security.js';
import type { Console } from '../console/console.js';
import { maskedValue } from '../console/without-secrets.js';

/** A value that counts, as it would be written in a file, and where it comes from; without one it is not set. */
interface ShownValue {
  readonly value?: string | number | boolean;
  readonly from: string;
}

/**
 * `dtstream config show`: the values of every flag, of geometry, physics and quality, and of connection security, with their origins.
 *
 * @throws DtstreamError `config` or `usage` for a mistake in file or variables
 */
export async function runConfigShow(
  console: Console,
  commands: readonly Command[],
  name: string | undefined,
  { config, json }: ConfigShowFlags,
): Promise<void> {
  const place = configPath(config, console.env);
  const settings = place && (await loadSettings(place.path));
  const problems = settings === undefined ? [] : flagProblems(settings.file, settings.values, commands);
  if (problems.length > 0) throw configError(problems);
  const shown = commands.filter((command) => name === undefined || command.name() === name);
  if (shown.length === 0) {
    const names = commands.map((command) => command.name());
    throw new DtstreamError('usage', `there is no command ${name ?? ''}${didYouMean(name ?? '', names)}`);
  }
  const { geometry, physics, quality, kafka } = await loadConfig(place?.path);
  const sections = Object.entries({ geometry, physics, quality }).map(([key, value]) => {
    const isOwn = settings?.values[key as 'geometry' | 'physics' | 'quality'] !== undefined;
    return { key, value, from: isOwn ? settings.file.placeOf([key]) : 'default' };
  });
  const flags = shown.map((command) => ({
    name: command.name(),
    values: flagValues(command, console.env, (option) =>
      settings === undefined ? undefined : flagSetting(settings.file, settings.values, command.name(), option),
    ),
  }));
  const security = shownSecurity(console.env, kafka);
  const file = place === undefined ? 'none' : `${place.path} (${place.from})`;
  if (json) {
    const commandsJson = Object.fromEntries(flags.map((one) => [one.name, Object.fromEntries(one.values)]));
    const sectionsJson = Object.fromEntries(sections.map(({ key, value, from }) => [key, { value, from }]));
    const all = { file: place?.path ?? null, ...sectionsJson, security };
    await console.writeJson({ ...all, commands: commandsJson }, 2);
    return;
  }
  const lines = [
    `# file: ${file}`,
    ...sections.flatMap(({ key, value, from }) => [`${key}: # ${from}`, ...yamlLines(value).map(indent)]),
    '# connection security; the environment overrides the file',
    ...Object.entries(security).map(([key, { value, from }]) => `#   ${key}: ${value}  # ${from}`),
    'commands:',
    ...flags.flatMap((one) => [`  ${one.name}:`, ...alignedLines(one.values).map((line) => `    ${line}`)]),
  ];
  await console.writeLines(lines);
}

function flagValues(
  command: Command,
  env: NodeJS.ProcessEnv,
  inFile: Parameters<typeof applySettings>[2],
): readonly (readonly [flag: string, shown: ShownValue])[] {
  const origins = applySettings(command, env, inFile);
  const shown = command.options.filter(
    (option) => isSettable(option) && (!option.hidden || origins.has(flagName(option))),
  );
  return shown.map((option) => {
    const flag = flagName(option);
    const origin = origins.get(flag);
    if (origin === undefined) return [flag, defaultOf(option)];
    return [flag, { value: writtenAs(option, origin.text), from: origin.from }];
  });
}

/** The default in the form of an argument, and its description in the help. */
function defaultOf(option: Option): ShownValue {
  const { defaultValueDescription: said } = option;
  const value: unknown = option.defaultValue;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return { from: 'not set' };
  }
  if (said === undefined) return { value, from: 'default' };
  const parsed = parseOptionText(option, said);
  if ('value' in parsed && parsed.value === value) return { value: said, from: 'default' };
  return { value, from: `default: ${said}` };
}

/** The text as a value of a file; a number stays one only where it is written the same. */
function writtenAs(option: Option, text: string): string | number | boolean {
  const parsed = parseOptionText(option, text);
  if (option.isBoolean()) return 'value' in parsed && parsed.value === true;
  return String(Number(text)) === text ? Number(text) : maskedValue(flagName(option), text);
}

function alignedLines(values: readonly (readonly [flag: string, shown: ShownValue])[]): string[] {
  const texts = values.map(([flag, { value, from }]) => ({
    text: value === undefined ? `# ${flag}:` : `${flag}: ${yamlOf(value)}`,
    from,
  }));
  const width = Math.min(40, Math.max(...texts.map(({ text }) => text.length)));
  return texts.map(({ text, from }) => `${text.padEnd(width)}  # ${from}`);
}

/** A value on one line of YAML; JSON, which is a subset, where plain YAML would change it. */
function yamlOf(value: string | number | boolean): string {
  const text = stringify(value).trimEnd();
  return visibleText(text) === text ? text : visibleJson(value);
}

function yamlLines(value: object): string[] {
  return stringify(value, { flowCollectionPadding: true, collectionStyle: 'any' }).trimEnd().split('\n');
}

function indent(line: string): string {
  return `  ${line}`;
}
