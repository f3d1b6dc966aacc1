import { realpath } from 'node:fs/promises';
import type { WarnInput } from '../input-error.js';
import { pathOf, type RawPath } from './raw-path.js';
import type { InputFile } from '../input-file.js';

/** An input with what tells whether another name is of the same one. */
export interface FoundFile {
  readonly file: InputFile;
  /** Device and inode, or the name of an object; undefined where nothing tells. */
  readonly id: string | undefined;
}

/**
 * The files found by a directory or glob, each once, under a name that is not a link if there is one; one warning lists
 * the other names.
 */
export async function readOnce(
  source: string,
  found: readonly FoundFile[],
  warn: WarnInput | undefined,
): Promise<readonly FoundFile[]> {
  const namesOf = new Map<string, FoundFile[]>();
  for (const one of found) if (one.id !== undefined) namesOf.set(one.id, [...(namesOf.get(one.id) ?? []), one]);
  const several = [...namesOf.values()].filter(({ length }) => length > 1);
  if (several.length === 0) return found;
  const leftOut = new Map<FoundFile, FoundFile>();
  for (const same of several) {
    const kept = await ownName(same);
    for (const one of same) if (one !== kept) leftOut.set(one, kept);
  }
  const [[other, kept]] = leftOut;
  const more = leftOut.size > 1 ? `; so are ${leftOut.size - 1} more` : '';
  const [left, right] = [other, kept].map(({ file }) => shortName(source, file.name));
  warn?.({ source, message: `${source}: ${left} is ${right}, read once${more}` });
  return found.filter((one) => !leftOut.has(one));
}

/** Warns of files that several inputs of a command line stand for: they are read each time. */
export function warnOfRepeats(groups: readonly (readonly FoundFile[])[], warn: WarnInput | undefined): void {
  const seen = new Map<string, string>();
  const repeated = new Set<string>();
  for (const group of groups) {
    const known = new Set(seen.keys());
    for (const { id, file } of group) {
      if (id === undefined) continue;
      if (known.has(id)) repeated.add(id);
      else seen.set(id, file.name);
    }
  }
  const [first] = repeated;
  if (first === undefined) return;
  const name = seen.get(first) ?? '';
  const what = repeated.size === 1 ? `${name} is` : `${name} and ${repeated.size - 1} more are`;
  warn?.({ source: name, message: `${what} named by more than one input and read each time: those hits count again` });
}

/** The name that agrees with where the file really is for the most folders from its end on; else the first. */
async function ownName(same: readonly FoundFile[]): Promise<FoundFile> {
  let best = { one: same[0], parts: -1 };
  for (const one of same) {
    const path = pathOf(one.file);
    const real = await realpath(path, { encoding: 'buffer' }).catch(() => Buffer.alloc(0));
    const parts = commonEnd(partsOf(path), partsOf(real));
    if (parts > best.parts) best = { one, parts };
  }
  return best.one;
}

/** Latin-1, so that any bytes can be told apart. */
function partsOf(path: RawPath): readonly string[] {
  return Buffer.from(path).toString('latin1').split('/').toReversed();
}

function commonEnd(one: readonly string[], other: readonly string[]): number {
  const different = one.findIndex((part, index) => part !== other[index]);
  return different === -1 ? one.length : different;
}

function shortName(source: string, name: string): string {
  const folder = source.endsWith('/') ? source : `${source}/`;
  return name.startsWith(folder) ? name.slice(folder.length) : name;
}
