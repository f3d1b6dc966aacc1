import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isPrivateFolder } from '../cache-folder.js';
import { DtstreamError } from '../errors.js';
import { makeFolder } from '../make-folder.js';

/** Files that a single executable carries. */
export interface Pack {
  /** Of the paths and contents of all files, in hex: another content is another folder. */
  readonly hash: string;
  readonly files: readonly PackedFile[];
  /** The content of a file, by its path. */
  readonly read: (path: string) => Uint8Array;
}

/** A carried file: its path in the folder, with `/`, and its size. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
}

/** The rest of a start that was killed while unpacking is removed after this time. */
const draftMsMax = 3_600_000;
const placeTriesMax = 10;

/**
 * Unpacks into `<cacheFolder>/<hash>` unless that is there. Several starts at once are safe: each writes a folder of its
 * own and renames it, and one of them wins. A folder in which something is missing is replaced.
 *
 * @returns the folder with the files
 * @throws DtstreamError `config` when the folder cannot be written, or others could have written it
 */
export function unpackOnce(pack: Pack, cacheFolder: string): string {
  const folder = join(cacheFolder, pack.hash);
  try {
    if (!isWhole(folder, pack.files)) {
      makeFolder(cacheFolder, 0o700);
      removeOldDrafts(cacheFolder);
      place(writeDraft(pack, folder), folder, pack.files);
    }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const way = 'XDG_CACHE_HOME must name a folder that can be written';
    throw new DtstreamError('config', `cannot unpack into ${cacheFolder}: ${way}: ${problem}`, { cause });
  }
  for (const path of [cacheFolder, folder]) refuseForeign(path);
  return folder;
}

/** Whether every file is there in its size: an empty one may be left by a power cut. */
function isWhole(folder: string, files: readonly PackedFile[]): boolean {
  return files.every(({ path, bytes }) => statSync(join(folder, path), { throwIfNoEntry: false })?.size === bytes);
}

function writeDraft({ files, read }: Pack, folder: string): string {
  const draft = mkdtempSync(`${folder}.`);
  try {
    for (const { path } of files) {
      const file = join(draft, path);
      makeFolder(dirname(file), 0o700);
      writeFileSync(file, read(path), { mode: 0o600 });
    }
    return draft;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Renames the draft; where a whole folder is there already, that one stays. */
function place(draft: string, folder: string, files: readonly PackedFile[]): void {
  try {
    for (let tries = 1; ; tries++) {
      try {
        renameSync(draft, folder);
        return;
      } catch (error) {
        if (isWhole(folder, files)) return;
        if (tries === placeTriesMax) throw error;
        discard(folder);
      }
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Moves a damaged folder away in one step, so that no process sees a part of it. */
function discard(folder: string): void {
  const away = mkdtempSync(`${folder}.`);
  try {
    renameSync(folder, join(away, 'damaged'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    rmSync(away, { recursive: true, force: true });
  }
}

function removeOldDrafts(cacheFolder: string): void {
  for (const name of readdirSync(cacheFolder)) {
    const path = join(cacheFolder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (/^[0-9a-f]+\.\w{6}$/.test(name) && age > draftMsMax) rmSync(path, { recursive: true, force: true });
  }
}

/** Code runs from there: no other user may have put it there. */
function refuseForeign(path: string): void {
  if (isPrivateFolder(path)) return;
  throw new DtstreamError(
    'config',
    `cannot run from ${path}: it must belong to you and be writable by nobody else; XDG_CACHE_HOME may name another place`,
  );
}
