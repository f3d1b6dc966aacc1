import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A path as the system takes it: text, or its bytes where these are not UTF-8. */
export type RawPath = string | Buffer;

/** What stands in a text for bytes that are not UTF-8, once they were decoded. */
const replacement = '\ufffd';
const slash = 0x2f;
const backslash = 0x5c;

/** The path of a file that was found, for opening it. */
export function pathOf({ name, path }: { readonly name: string; readonly path?: RawPath }): RawPath {
  return path ?? name;
}

/** A path for people: bytes that are not UTF-8 as `\xff`, and then a backslash as two. */
export function shownPath(path: RawPath): string {
  if (typeof path === 'string') return path;
  if (isUtf8(path)) return path.toString();
  let shown = '';
  for (let at = 0; at < path.length;) {
    const length = [1, 2, 3, 4].find((bytes) => at + bytes <= path.length && isUtf8(path.subarray(at, at + bytes)));
    if (length === undefined) shown += `\\x${path[at].toString(16).padStart(2, '0')}`;
    else shown += path[at] === backslash ? '\\\\' : path.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return shown;
}

/** The path of an entry of a folder, as text where it can be. */
export function joinRaw(folder: RawPath, name: Buffer): RawPath {
  const start = typeof folder === 'string' ? Buffer.from(join(folder, '.', '/')) : folder;
  const hasEnd = start.at(-1) === slash || start.length === 0;
  const isHere = start.length === 2 && start.toString() === './';
  const path = Buffer.concat([isHere ? Buffer.alloc(0) : start, Buffer.from(hasEnd ? '' : '/'), name]);
  return isUtf8(path) ? path.toString() : path;
}

/**
 * The paths that a decoded text may stand for, such as an argument: each `U+FFFD` may be itself or bytes that are not
 * UTF-8. Empty when the text has none, or no such path exists.
 */
export async function findUndecoded(text: string): Promise<readonly RawPath[]> {
  if (!text.includes(replacement)) return [];
  const parent = dirname(text);
  const name = text.slice(text.lastIndexOf('/') + 1);
  const parents: readonly RawPath[] = parent.includes(replacement) ? await findUndecoded(parent) : [parent];
  const found: RawPath[] = [];
  for (const folder of parents) {
    const names = await readdir(folder, { encoding: 'buffer' }).catch(() => []);
    found.push(...names.filter((entry) => entry.toString() === name).map((entry) => joinRaw(folder, entry)));
  }
  return found;
}
