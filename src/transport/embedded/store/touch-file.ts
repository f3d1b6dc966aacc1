import { closeSync, openSync, utimesSync } from 'node:fs';

/**
 * Sets a file's time to now, and creates the file when it is missing. A failure is not an error: readers of the time
 * fall back to polling, or treat a member that cannot touch its file as silent.
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
