import { readFile } from 'node:fs/promises';
import { DtstreamError } from '../../errors.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { readReference, type UhiPlan } from '../../quality/uhi.js';
import { systemProblem } from '../../sources/input-error.js';

/**
 * Reads the file of a reference.
 *
 * @param plan of the configuration that it is to be used with; without one, any is taken
 * @throws DtstreamError as `readReference`, and `input` for a file that cannot be read
 */
export async function readReferenceFile(path: string, plan?: UhiPlan): Promise<QualityReference> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DtstreamError('input', `cannot read reference ${path}: ${systemProblem(cause)}`, { cause });
  }
  return readReference(text, path, plan);
}
