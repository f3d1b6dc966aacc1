import type { Command } from 'commander';
import { loadSettings } from './load.js';
import { applySettings } from './apply-settings.js';
import { configPath } from './path.js';

/**
 * Sets the flags of a command that were not on its command line: environment before file before default. The code that
 * reads files is loaded only if there is one.
 *
 * @param name of its section in the file: a command below another one shares that of the upper one
 * @param commands makes all commands that the file may speak of
 * @throws DtstreamError `config` or `usage` for any mistake in file and variables, before anything else is done
 */
export async function resolveFlags(
  command: Command,
  name: string,
  commands: () => Promise<readonly Command[]>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const flag: unknown = command.getOptionValue('config');
  const place = configPath(typeof flag === 'string' ? flag : undefined, env);
  if (place === undefined) {
    applySettings(command, env, () => undefined);
    return;
  }
  const { file, values } = await loadSettings(place.path);
  const [{ flagProblems, flagSetting }, { configError }] = await Promise.all([
    import('./flag-settings.js'),
    import('./read-settings.js'),
  ]);
  const problems = flagProblems(file, values, await commands());
  if (problems.length > 0) throw configError(problems);
  command.setOptionValueWithSource('config', place.path, 'config');
  applySettings(command, env, (option) => flagSetting(file, values, name, option));
}
