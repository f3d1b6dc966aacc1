import { plainText } from '../../domain/plain-text.js';
import { DtstreamError } from '../../errors.js';
import type { Mark } from '../../views/detector/detector-view.js';
import { Logbook, type LogbookEntry } from '../quality/logbook.js';
import { LogbookState } from '../quality/logbook-state.js';

const textMax = 200;

/** What a report takes from a logbook. */
export interface ReportLogbook {
  readonly state: LogbookState;
  /** Numbered from 1 in their order, the oldest first. */
  readonly marks: readonly Mark[];
}

/**
 * Reads a logbook; a missing one is empty.
 *
 * @param folder undefined = there is none
 * @param group entries of others are passed over; undefined = takes all
 * @throws DtstreamError `store` when it cannot be read
 */
export async function readLogbook(folder: string | undefined, group: string | undefined): Promise<ReportLogbook> {
  const entries = folder === undefined ? [] : await new Logbook(folder).news();
  const state = new LogbookState(group);
  for (const entry of entries) state.add(entry);
  const isOurs = (entry: LogbookEntry): boolean => group === undefined || (entry.group ?? group) === group;
  const marks = entries
    .filter((entry) => entry.entry === 'mark')
    .filter(isOurs)
    .map(({ time, text, by }, at) => ({
      ...{ number: at + 1, atMs: Date.parse(time) },
      ...{ text: plainText(text, textMax), by: plainText(by, textMax) },
    }));
  return { state, marks };
}

/** @throws DtstreamError `usage` where there is no mark of that number */
export function markTimeMs(marks: readonly Mark[], number: number): number {
  const mark = marks.find((one) => one.number === number);
  if (mark !== undefined) return mark.atMs;
  const got = marks.length === 0 ? 'the logbook has none' : `the logbook has 1 to ${marks.length}`;
  throw new DtstreamError('usage', `--mark must name a mark, got ${number}: ${got}`);
}
