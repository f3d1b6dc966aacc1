import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { touchFile } from '../store/touch-file.js';

/** How often a member says that it is there. */
export const heartbeatMs = 500;
/** After so much silence a member counts as silent; one that is stopped or hung. */
const silentMs = 2000;
/** Files of members that left without a word are removed after this. */
const forgottenMs = 10 * 60_000;

/** Whether a member was heard of within {@link silentMs}, by the time of its file. */
export function isRecentlySeen(membersDir: string, member: string): boolean {
  try {
    return Math.abs(Date.now() - statSync(join(membersDir, member)).mtimeMs) < silentMs;
  } catch {
    return false;
  }
}

/** Heartbeat of a member, in a separate file: no transaction, no flush to disk. */
export class Heartbeat {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;

  /** @param onBeat called after each beat */
  constructor(membersDir: string, member: string, onBeat: () => void) {
    removeForgotten(membersDir);
    this.#path = join(membersDir, member);
    touchFile(this.#path);
    this.#timer = setInterval(() => {
      touchFile(this.#path);
      onBeat();
    }, heartbeatMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    rmSync(this.#path, { force: true });
  }
}

function removeForgotten(membersDir: string): void {
  for (const name of readdirSync(membersDir)) {
    const path = join(membersDir, name);
    try {
      if (Date.now() - statSync(path).mtimeMs > forgottenMs) rmSync(path, { force: true });
    } catch {
      // Another member was quicker.
    }
  }
}
