import { DtstreamError } from '../../errors.js';
import { type ConfigFile, type ConfigProblem, readConfigFile } from './file.js';
import { checkConfig } from './problems.js';
import type { ConfigValues } from './schema.js';

/** A configuration file that keeps its schema. */
export interface Settings {
  readonly file: ConfigFile;
  readonly values: ConfigValues;
}

/**
 * Reads a configuration file, without checking the flags in it.
 *
 * @throws DtstreamError `config` with file, line, column and rule
 */
export async function readSettings(path: string): Promise<Settings> {
  const file = await readConfigFile(path);
  const { values, problems } = checkConfig(file);
  if (problems !== undefined) throw configError(problems);
  return { file, values };
}

/** The first of several problems as an error. */
export function configError([first]: readonly ConfigProblem[]): DtstreamError {
  return new DtstreamError('config', `cannot use ${first.place}: ${first.rule}`);
}
