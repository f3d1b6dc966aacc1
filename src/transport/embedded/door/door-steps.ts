import { createHash } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/*
 * The door of a folder: a file that names its owner, created in one step, as a link to a finished file. Only a living
 * owner changes or removes it. The door of an owner that is gone is never removed but claimed:
 *
 *  door ─► A (gone)    door.after.A ─► B (gone too)    door.after.B ─► C     a claim is a link as well: one can be made
 *  door ─► C                                                                 C's claim, renamed, is the door
 *
 * A claim counts only while the door is still that of A; every pass has a unique text, so a door that was A's never is
 * again. A process that acts on an old look finds the door changed, and withdraws its claim. A process may be killed
 * between any two steps: it leaves a door or a claim of an owner that is gone, or a file that leads nowhere.
 */

/** Kind of a step: an operation on a file, or a wait for the owner. Other processes may act between any two steps. */
export type DoorStep = 'file' | 'wait';

export interface DoorKey {
  /** Path of the door. */
  readonly door: string;
  /** Names the owner; unique for each pass. */
  readonly text: string;
}

/** Takes the door down that {@link takeDoor} gave. */
export function* leaveDoor({ door, text }: DoorKey): Generator<DoorStep, void> {
  yield 'file';
  // Another text: this owner was taken for gone, see `isLeft`.
  if (readText(door) !== text) return;
  yield 'file';
  rmSync(door, { force: true });
}

/**
 * Waits for the door and takes it.
 *
 * @param isLeft whether the owner with this text is gone for good; a wrong answer lets two processes pass at once
 * @returns false if a door cannot be created
 */
export function* takeDoor(key: DoorKey, isLeft: (text: string) => boolean): Generator<DoorStep, boolean> {
  const { door, text } = key;
  const own = `${door}.${nameOf(text)}`;
  yield 'file';
  if (makeIfAllowed(() => writeFileSync(own, text), folderGone) === 'not allowed') return false;
  try {
    for (;;) {
      yield 'file';
      const made = makeIfAllowed(() => linkSync(own, door));
      if (made !== 'there') return made === 'made';
      if (yield* takeOver(key, own, isLeft)) return true;
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Takes the door of an owner that is gone; false when there is none, or another process was first. */
function* takeOver(
  { door, text }: DoorKey,
  own: string,
  isLeft: (text: string) => boolean,
): Generator<DoorStep, boolean> {
  yield 'file';
  const first = readText(door);
  if (first === undefined) return false;
  const last = yield* lastOf(door, first);
  if (!isLeft(last)) {
    yield 'wait';
    return false;
  }
  const claim = claimOn(door, last);
  yield 'file';
  if (makeIfAllowed(() => linkSync(own, claim)) !== 'made') return false;
  yield 'file';
  if (readText(door) !== first) {
    // An earlier claimer has already passed: its claim is gone, and this one leads nowhere.
    yield 'file';
    rmSync(claim, { force: true });
    return false;
  }
  yield 'file';
  renameSync(claim, door);
  yield* tidy(door, text, isLeft);
  return true;
}

/** The last owner in the chain of claims that begins with the door's text. */
function* lastOf(door: string, first: string): Generator<DoorStep, string> {
  let last = first;
  for (const seen = new Set<string>(); !seen.has(last);) {
    seen.add(last);
    yield 'file';
    last = readText(claimOn(door, last)) ?? last;
  }
  return last;
}

/** Removes the leftovers of owners that are gone, beside the caller's own door: no claim leads anywhere now. */
function* tidy(door: string, text: string, isLeft: (text: string) => boolean): Generator<DoorStep, void> {
  yield 'file';
  for (const name of readdirSync(dirname(door))) {
    if (!name.startsWith(`${basename(door)}.`)) continue;
    const path = join(dirname(door), name);
    yield 'file';
    const owner = readText(path);
    if (!path.startsWith(claimsOf(door)) && (owner === undefined || owner === text || !isLeft(owner))) continue;
    yield 'file';
    rmSync(path, { force: true });
  }
}

/** A text as a part of a file name. */
function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function claimsOf(door: string): string {
  return `${door}.after.`;
}

function claimOn(door: string, text: string): string {
  return `${claimsOf(door)}${nameOf(text)}`;
}

/** For the first file only: a folder that was removed, for example with its store, cannot be opened or closed. */
const folderGone = 'ENOENT';

/** No right to write, or a file system that is read-only or has no links. */
const refusals: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function makeIfAllowed(make: () => void, refusal?: string): 'made' | 'there' | 'not allowed' {
  try {
    make();
    return 'made';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return 'there';
    if (code !== undefined && (refusals.has(code) || code === refusal)) return 'not allowed';
    throw error;
  }
}

/** Undefined when there is no such file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
