import { userInfo } from 'node:os';

/** Who writes to a logbook. A container may have no name for its user. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
