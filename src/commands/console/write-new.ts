import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DtstreamError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import { systemProblem } from '../../sources/input-error.js';

/** Files of one name. */
const namesMax = 100;

/**
 * Writes texts as files of one name, each with its ending; never over another file: from the second one on, the name has a
 * number. A folder that is missing is made.
 *
 * @param texts by ending: `.json`
 * @returns the path without an ending
 * @throws DtstreamError `input` where they cannot be written
 */
export async function writeNew(folder: string, name: string, texts: ReadonlyMap<string, string>): Promise<string> {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new DtstreamError('input', `cannot make the folder ${folder}: ${systemProblem(cause)}`, { cause });
  }
  for (let count = 1; count <= namesMax; count++) {
    const path = join(folder, count === 1 ? name : `${name}-${count}`);
    try {
      for (const [ending, text] of texts) await writeFile(`${path}${ending}`, text, { flag: 'wx' });
      return path;
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') continue;
      throw new DtstreamError('input', `cannot write ${path}: ${systemProblem(cause)}`, { cause });
    }
  }
  throw new DtstreamError('input', `cannot write to ${folder}: it has ${namesMax} files called ${name}`);
}
