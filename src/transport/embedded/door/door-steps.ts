import { createHash } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/*
 * The door of a folder: a file that says who has it, made in one step, as a link to a finished file. Whoever has it and
 * is alive is the only one who changes or removes it. That of someone who is gone is never removed but claimed:
 *
 *  door ─► A (gone)    door.after.A ─► B (gone too)    door.after.B ─► C     a claim is a link as well: one can be made
 *  door ─► C                                                                 C's claim, renamed, is the door
 *
 * A claim counts only as long as the door is still that of A; no text is that of two passes, so a door that was A's
 * never is again. Whoever looked too long ago finds the door changed, and takes his claim back. Someone may be killed
 * between any two steps: what he leaves is a door or a claim of someone who is gone, or a file that leads nowhere.
 */

/** What a step is: an operation on a file, or a wait for whoever has the door. Others may act between any two. */
export type DoorStep = 'file' | 'wait';

export interface DoorKey {
  /** Path of the door. */
  readonly door: string;
  /** Says who has it; another text for each pass. */
  readonly text: string;
}

/** Takes the door down that {@link takeDoor} gave. */
export function* leaveDoor({ door, text }: DoorKey): Generator<DoorStep, void> {
  yield 'file';
  // Another text: it was taken for one of someone gone, see `isLeft`.
  if (readText(door) !== text) return;
  yield 'file';
  rmSync(door, { force: true });
}

/**
 * Waits for the door and takes it.
 *
 * @param isLeft whether whoever has this text is gone for good; two pass at once if it is wrong
 * @returns false where nobody can make a door
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

/** Takes the door of someone who is gone; false when there is none, or another one was first. */
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
    // It was someone's who claimed before and has passed: that claim was gone, and this one leads nowhere.
    yield 'file';
    rmSync(claim, { force: true });
    return false;
  }
  yield 'file';
  renameSync(claim, door);
  yield* tidy(door, text, isLeft);
  return true;
}

/** Who comes last in the row that begins with the door's text. */
function* lastOf(door: string, first: string): Generator<DoorStep, string> {
  let last = first;
  for (const seen = new Set<string>(); !seen.has(last);) {
    seen.add(last);
    yield 'file';
    last = readText(claimOn(door, last)) ?? last;
  }
  return last;
}

/** Removes what those who are gone have left beside a door that is the caller's: no claim leads anywhere now. */
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

/** Of the first file alone: a folder that was removed, as with its store, is nobody's to open or close. */
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
