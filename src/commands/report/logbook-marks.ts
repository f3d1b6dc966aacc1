import { DtstreamError } from '../../errors.js';
import type { Mark } from '../../views/detector/detector-view.js';
import { Logbook } from '../quality/logbook.js';
import { LogbookState } from '../quality/logbook-state.js';

/**
 * Reads a logbook; a missing one is empty.
 *
 * @param folder undefined = there is none
 * @param group entries of others are passed over; undefined = takes all
 * @throws DtstreamError `store` when it cannot be read
 */
export async function readLogbook(folder: string | undefined, group: string | undefined): Promise<LogbookState> {
  const state = new LogbookState(group);
  if (folder === undefined) return state;
  for (const entry of await new Logbook(folder).news()) state.add(entry);
  return state;
}

/** @throws DtstreamError `usage` where there is no mark of that number */
export function markTimeMs(marks: readonly Mark[], number: number): number {
  const mark = marks.find((one) => one.number === number);
  if (mark !== undefined) return mark.atMs;
  const got = marks.length === 0 ? 'there is none' : `there are 1 to ${marks.length}`;
  throw new DtstreamError('usage', `--mark must name a mark, got ${number}: ${got}`);
}
