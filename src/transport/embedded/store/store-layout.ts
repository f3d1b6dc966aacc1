import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { DtstreamError } from '../../../errors.js';
import { makeFolder } from '../../../make-folder.js';
import { StoreEnv, type WriteView } from './store-env.js';
import { storeError } from './store-error.js';

/**
 * A store on disk:
 *
 * ```
 *  store.json            {"format":"dtstream-store","version":1}
 *  topics/<topic>/       one LMDB environment for each topic that produce writes
 *  outputs/              one LMDB environment for all that groups write: results, rejected rows, offsets, leases
 *  wake/<environment>        touched after a commit, for readers that wait
 *  members/<member>      touched twice a second by each member of a group
 * ```
 *
 * An environment appears whole: it is made under a temporary name and renamed.
 */
export interface StoreLayout {
  readonly dir: string;
  readonly outputs: string;
  readonly topics: string;
  readonly wake: string;
  readonly members: string;
}

const format = 'dtstream-store';
const version = 1;
const versionFile = 'store.json';
const draftPrefix = '.new-';
const ownFolders = ['topics', 'outputs', 'wake', 'members'] as const;
/** Drafts of processes that were killed are removed after this. */
const draftForgottenMs = 60 * 60_000;
/** What a new file system may hold already. */
const strangersAllowed = ['lost+found'];
/** Room the disk must have: a lock file is a memory map, and one that cannot get its blocks kills the process. */
const freeBytesMin = 1024 * 1024;

/**
 * Finds the store in `dir`, or makes it when the directory is missing or empty.
 *
 * @throws DtstreamError `store` when the directory is not a store, is newer, or cannot be written
 */
export function openStore(dir: string, options: { readonly create: boolean }): StoreLayout {
  const layout = {
    dir,
    outputs: join(dir, 'outputs'),
    topics: join(dir, 'topics'),
    wake: join(dir, 'wake'),
    members: join(dir, 'members'),
  };
  try {
    if (!existsSync(join(dir, versionFile))) createStore(dir, options);
    checkVersion(dir);
    removeForgottenDrafts(dir);
    for (const path of [layout.topics, layout.wake, layout.members]) makeFolder(path);
    accessSync(dir, constants.W_OK | constants.R_OK);
    checkFreeSpace(dir);
  } catch (error) {
    throw storeError(`cannot open ${dir}`, error);
  }
  return layout;
}

/** Makes the environment `path` with its first content, unless there is one. */
export function createEnv(layout: StoreLayout, path: string, firstContent: (view: WriteView) => void): void {
  if (existsSync(path)) return;
  const draft = mkdtempSync(join(layout.dir, draftPrefix));
  try {
    checkFreeSpace(layout.dir);
    // LMDB maps this file; blocks it already has cannot run out later.
    writeFileSync(join(draft, 'lock.mdb'), Buffer.alloc(lockFileBytes));
    const env = StoreEnv.create(draft);
    try {
      env.write(firstContent);
    } finally {
      env.release();
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process was faster: its folder is just as good.
    if (!existsSync(path)) throw storeError(`cannot create ${path}`, error);
  }
}

const dataFile = 'data.mdb';
const lockFileBytes = 16 * 1024;

function createStore(dir: string, options: { readonly create: boolean }): void {
  const strangers = (existsSync(dir) ? readdirSync(dir) : []).filter(
    (name) => !name.startsWith(draftPrefix) && !strangersAllowed.includes(name) && !isOwnFolder(dir, name),
  );
  // Looked at again: another process may be making the store right now.
  if (strangers.length > 0 && !existsSync(join(dir, versionFile))) throw foreign(dir, strangers);
  if (!options.create) {
    throw new DtstreamError('store', `cannot open ${dir}: there is no log yet; produce creates it`, {
      retryable: true,
    });
  }
  makeFolder(dir);
  for (const path of envFolders(dir)) removeRemains(dir, path);
  writeWhole(dir, versionFile, `${JSON.stringify({ format, version })}\n`);
}

/**
 * Whether this folder holds an incomplete store: not created completely, or deleted while processes used it. A folder
 * with anything else in it belongs to another program, whatever its name.
 */
function isOwnFolder(dir: string, name: string): boolean {
  const path = join(dir, name);
  if (!ownFolders.some((own) => own === name) || !isFolder(path)) return false;
  const names = readdirSync(path);
  switch (name) {
    case 'outputs':
      return isEnvFolder(names);
    case 'topics':
      return names.every((topic) => isFolder(join(path, topic)) && isEnvFolder(readdirSync(join(path, topic))));
    default:
      return names.every((entry) => (statSync(join(path, entry), { throwIfNoEntry: false })?.size ?? 0) === 0);
  }
}

/** Folders of environments, including incomplete ones. */
function envFolders(dir: string): string[] {
  const topics = join(dir, 'topics');
  const names = isFolder(topics) ? readdirSync(topics) : [];
  return [join(dir, 'outputs'), ...names.map((name) => join(topics, name))].filter(isFolder);
}

/**
 * Removes the rest of an environment whose data file was deleted. It is moved first: then no other process uses it, and
 * a new environment created there in the meantime is noticed.
 */
function removeRemains(dir: string, path: string): void {
  if (existsSync(join(path, dataFile))) return;
  const remains = join(dir, `${draftPrefix}${randomUUID()}`);
  renameSync(path, remains);
  if (existsSync(join(remains, dataFile))) renameSync(remains, path);
  else rmSync(remains, { recursive: true, force: true });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isEnvFolder(names: readonly string[]): boolean {
  return names.every((name) => [dataFile, 'lock.mdb', 'door'].includes(name) || name.startsWith('door.'));
}

function removeForgottenDrafts(dir: string): void {
  for (const name of readdirSync(dir).filter((entry) => entry.startsWith(draftPrefix))) {
    const path = join(dir, name);
    const draft = statSync(path, { throwIfNoEntry: false });
    if (draft && Date.now() - draft.mtimeMs > draftForgottenMs) rmSync(path, { recursive: true, force: true });
  }
}

function checkVersion(dir: string): void {
  const content: unknown = JSON.parse(readFileSync(join(dir, versionFile), 'utf8'));
  const found = typeof content === 'object' && content !== null ? content : {};
  const number = 'version' in found ? found.version : undefined;
  if (!('format' in found) || found.format !== format || typeof number !== 'number') {
    throw new DtstreamError(
      'store',
      `cannot open ${dir}: ${versionFile} must say {"format":"${format}","version":…}; this is not a dtstream store`,
    );
  }
  if (number > version) {
    throw new DtstreamError(
      'store',
      `cannot open ${dir}: it was made by a newer dtstream (store version ${number}, this one reads ${version})`,
    );
  }
}

function checkFreeSpace(dir: string): void {
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize < freeBytesMin) {
    throw new DtstreamError(
      'store',
      `cannot write to ${dir}: the disk must have 1 MiB free, got ${bavail * bsize} bytes`,
    );
  }
}

function foreign(dir: string, names: readonly string[]): DtstreamError {
  return new DtstreamError(
    'store',
    `cannot open ${dir}: the directory must be empty or a dtstream store, but holds ${names.slice(0, 3).join(', ')}`,
  );
}

function writeWhole(dir: string, name: string, content: string): void {
  const draft = join(dir, `${draftPrefix}${randomUUID()}`);
  writeFileSync(draft, content, { flush: true });
  renameSync(draft, join(dir, name));
}
