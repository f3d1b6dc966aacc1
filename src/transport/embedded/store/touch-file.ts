import { closeSync, openSync, utimesSync } from 'node:fs';

/**
 * Sets a file's time to now, and makes the file when it is missing. Failing to is no error: who looks at the time falls
 * back to polling, or takes a member that cannot say so for silent.
 */
export function touchFile(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    try {
      closeSync(openSync(path, 'a'));
    } catch {
      // As said above.
    }
  }
}
