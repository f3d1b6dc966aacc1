import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { SourcePlace } from '../../pipeline/produce/row-source.js';
import type { InputFile } from '../../sources/input-file.js';
import { isS3Input } from '../../sources/s3/s3-location.js';

/** The places of files that are read one after the other. */
export function placesOf(files: readonly InputFile[]): readonly SourcePlace[] {
  return placesBy(files, lastingName);
}

/** As older versions named them: by the paths as they were spelled. */
export function spelledPlacesOf(files: readonly InputFile[]): readonly SourcePlace[] {
  return placesBy(files, spelledName);
}

export function placeAfter(place: SourcePlace, { name }: InputFile): SourcePlace {
  return nextPlace(place, lastingName(name));
}

/** The name of inputs, which says how far they were written. */
export function identityOf(inputs: readonly string[]): string {
  return `files ${JSON.stringify(inputs.map(lastingName))}`;
}

/** As older versions named them. */
export function spelledIdentityOf(inputs: readonly string[]): string {
  return `files ${JSON.stringify(inputs.map(spelledName))}`;
}

function placesBy(files: readonly InputFile[], nameOf: (input: string) => string): readonly SourcePlace[] {
  const places: SourcePlace[] = [];
  for (const { name } of files) {
    const last = places.at(-1);
    const id = nameOf(name);
    places.push(last === undefined ? { index: 0, id, before: '' } : nextPlace(last, id));
  }
  return places;
}

function nextPlace({ index, id, before }: SourcePlace, next: string): SourcePlace {
  const digest = createHash('sha256').update(`${before}${id}`).digest('hex').slice(0, 16);
  return { index: index + 1, id: next, before: digest };
}

/**
 * The name of an input wherever the program is started, and whatever links lead to its folder. A link to a file stays: it
 * may lead to the next file later, as `--follow` expects.
 */
function lastingName(input: string): string {
  if (isS3Input(input)) return input;
  const path = resolve(input);
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return realpathSync.native(path);
    return join(realpathSync.native(dirname(path)), basename(path));
  } catch {
    // A glob, or a folder that cannot be looked into.
    return path;
  }
}

function spelledName(input: string): string {
  return isS3Input(input) ? input : resolve(input);
}
