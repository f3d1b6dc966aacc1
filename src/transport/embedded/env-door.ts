import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGone, ownIdentity, type ProcessIdentity } from './process-identity.js';

const doorFile = 'door';
const waitMs = 1;
/** A door that stays shut for longer belongs to someone who cannot be asked. */
const shutMsMax = 5000;

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Runs `pass` while no other process opens or closes the environment in `dir`: LMDB's last user destroys the locks, and
 * who opens it in that moment would be left with destroyed ones.
 *
 * The door is a link to a file that names its owner, made in one step; that of a process that is gone is taken down.
 */
export function throughDoor<T>(dir: string, pass: () => T): T {
  const door = join(dir, doorFile);
  const isOpen = open(door);
  try {
    return pass();
  } finally {
    if (isOpen) rmSync(door, { force: true });
  }
}

/** False where no door can be made, as on a read-only file system: nobody closes it for good there. */
function open(door: string): boolean {
  const own = `${door}.${process.pid}`;
  try {
    writeFileSync(own, JSON.stringify(ownIdentity()));
  } catch {
    return false;
  }
  try {
    for (const startMs = performance.now(); ; Atomics.wait(sleeper, 0, 0, waitMs)) {
      try {
        linkSync(own, door);
        return true;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return false;
        const owner = ownerOf(door);
        const isLeft = owner !== undefined && isGone(owner);
        if (isLeft && owner.pid !== process.pid) rmSync(`${door}.${owner.pid}`, { force: true });
        if (isLeft || performance.now() - startMs > shutMsMax) rmSync(door, { force: true });
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Who has the door; undefined when it has just been opened. */
function ownerOf(door: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(door, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
