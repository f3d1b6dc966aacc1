import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DtstreamError } from '../../../errors.js';
import { type DoorKey, type DoorStep, leaveDoor, takeDoor } from './door-steps.js';
import { isProcessGone, isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';
import { storeError } from '../store/store-error.js';

const doorFile = 'door';
const waitMs = 1;

/** How long a process may own the door; a pass takes milliseconds. */
export interface DoorLimits {
  /** Of whom nothing can be said, as in another container: he is then taken for gone. */
  readonly silentMsMax: number;
  /** For a running owner, which may be stopped or waiting for a disk: it keeps the door, and waiting processes fail. */
  readonly busyMsMax: number;
}
const defaultLimits: DoorLimits = { silentMsMax: 5000, busyMsMax: 60_000 };

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Runs `pass` while no other process opens or closes the environment in `dir`: LMDB's last user destroys the locks, and
 * a process opening it then inherits destroyed locks. The door of a process that is gone passes to one of those that
 * wait, see door-steps.ts.
 *
 * @throws DtstreamError `store` when a running process has the door for too long, or when the door cannot be written
 */
export function withEnvironmentLock<T>(dir: string, pass: () => T, limits: DoorLimits = defaultLimits): T {
  const key = { door: join(dir, doorFile), text: JSON.stringify({ ...ownIdentity(), pass: randomUUID() }) };
  const isTaken = take(dir, key, limits);
  try {
    return pass();
  } finally {
    if (isTaken) run(leaveDoor(key));
  }
}

/** False if no door can be created, as on a read-only file system: there the locks are never destroyed. */
function take(dir: string, key: DoorKey, limits: DoorLimits): boolean {
  try {
    return run(takeDoor(key, patience(dir, limits)));
  } catch (error) {
    throw storeError(`cannot open or close ${dir}`, error);
  }
}

function run<T>(steps: Generator<DoorStep, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (step.value === 'wait') Atomics.wait(sleeper, 0, 0, waitMs);
  }
}

/** Whether the owner of a text is gone, or has been silent for too long since the first question about it. */
function patience(dir: string, { silentMsMax, busyMsMax }: DoorLimits): (text: string) => boolean {
  let asked: { readonly text: string; readonly sinceMs: number } | undefined;
  return (text) => {
    if (asked?.text !== text) asked = { text, sinceMs: performance.now() };
    const waitedMs = performance.now() - asked.sinceMs;
    const owner = ownerOf(text);
    if (owner === undefined) return waitedMs > silentMsMax;
    if (isProcessGone(owner)) return true;
    if (!isRunning(owner)) return waitedMs > silentMsMax;
    if (waitedMs <= busyMsMax) return false;
    throw new DtstreamError(
      'store',
      `cannot open or close ${dir}: process ${owner.pid} is doing so and has not finished within ${busyMsMax / 1000} s; is it stopped?`,
      { retryable: true },
    );
  };
}

/** Undefined for a text that is not from a door, such as a power cut may leave. */
function ownerOf(text: string): ProcessIdentity | undefined {
  try {
    const owner: unknown = JSON.parse(text);
    return typeof owner === 'object' && owner !== null && 'pid' in owner ? (owner as ProcessIdentity) : undefined;
  } catch {
    return undefined;
  }
}
