import type { Command } from 'commander';
import { DtstreamError } from '../../errors.js';
import { checkConfig, flagsOf } from './problems.js';
import { type ConfigFile, type ConfigProblem, readConfigFile } from './file.js';
import { configPath } from './path.js';
import { flagProblems } from './flag-settings.js';
import type { Console } from '../console/console.js';

/**
 * `dtstream config lint`: every mistake of a file on a line, as `file:line:column: rule`.
 *
 * @throws DtstreamError `config` when there are any, `usage` when there is no file
 */
export async function runConfigLint(
  console: Console,
  commands: readonly Command[],
  path: string | undefined,
): Promise<void> {
  const place = configPath(path, console.env);
  if (place === undefined) {
    throw new DtstreamError('usage', 'no file to check: name one, or create ./dtstream.yaml');
  }
  const file = await readConfigFile(place.path);
  const problems = allProblems(file, commands);
  await console.writeLines(problems.map(({ place: at, rule }) => `${at}: ${rule}`));
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`;
    throw new DtstreamError('config', `cannot use ${place.path}: ${count}`);
  }
  await console.writeLines([`${place.path}: ok`]);
}

function allProblems(file: ConfigFile, commands: readonly Command[]): readonly ConfigProblem[] {
  const { values, problems } = checkConfig(file);
  const flags = values ?? flagsOf(file) ?? {};
  return [...(problems ?? []), ...flagProblems(file, flags, commands)];
}
