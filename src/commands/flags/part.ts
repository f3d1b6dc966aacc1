import { DtstreamError } from '../../errors.js';
import { type Command, InvalidArgumentError } from 'commander';
import { utcText } from '../../domain/utc-text.js';
import type { Console } from '../console/console.js';
import { wholeNumber } from './quantity.js';
import { type StartPlace, startPlace } from './start-place.js';

/** Flags that choose a part of the messages. */
export interface PartFlags {
  readonly from: StartPlace;
  /** Ms since 1970, exclusive. */
  readonly to?: number;
  readonly run?: number;
}

const runMax = 2 ** 31;
const dayMs = 86_400_000;

/**
 * Adds `--to` and `--run`; `--from` is the command's own, since its meaning differs.
 *
 * @param what the messages that are chosen, for the help
 */
export function addPartFlags(command: Command, what: string): Command {
  return command
    .option(
      '--to <moment>',
      `${what} published before this time, in the forms of --from; a time of day is the first after --from`,
      moment,
    )
    .option('--run <n>', `${what} of this run of the read-out only, counted from 0`, wholeNumber(0, runMax));
}

/** `--to` as it is given. */
export interface EndMoment {
  readonly timeMs: number;
  /** A time of day comes once a day. */
  readonly isTimeOfDay: boolean;
}

/** Flags of a part before {@link withPart}. */
export type GivenPart<T extends PartFlags> = Omit<T, 'to'> & { readonly to?: EndMoment };

/**
 * The flags with the end of their part: a time of day is the first one after `--from`, where that is a time.
 *
 * @throws DtstreamError `usage` for an end that is not after the beginning
 */
export function withPart<T extends PartFlags>({ to, ...flags }: GivenPart<T>): T {
  if (to === undefined) return flags as unknown as T;
  const { from } = flags;
  let endMs = to.timeMs;
  if (typeof from === 'object') {
    const day = new Date(endMs);
    // Not a day of fixed length: clocks change.
    while (to.isTimeOfDay && day.getTime() <= from.timeMs) day.setDate(day.getDate() + 1);
    while (to.isTimeOfDay && day.getTime() - dayMs > from.timeMs) day.setDate(day.getDate() - 1);
    endMs = day.getTime();
    if (endMs <= from.timeMs) {
      throw new DtstreamError(
        'usage',
        `--to must be after --from, got ${momentText(endMs)} and ${momentText(from.timeMs)}`,
      );
    }
  }
  return { ...flags, to: endMs } as unknown as T;
}

/** Parses a time in the forms of `--from`. */
export function moment(text: string): EndMoment {
  const place = startPlace(text);
  if (typeof place === 'object') return { timeMs: place.timeMs, isTimeOfDay: /^\d{1,2}:/.test(text) };
  throw new InvalidArgumentError('must be a time such as 2026-05-01T12:00:00Z, 15:30, 10m (ago), today or yesterday.');
}

/** Says on stderr which moments are meant: `8h` and `15:30` depend on the clock and the zone of the machine. */
export function sayPart(
  console: Console,
  { from, to, quiet }: Pick<PartFlags, 'from' | 'to'> & { quiet: boolean },
): void {
  const text = windowText({ from, to });
  if (text !== '' && !quiet) console.logLine(`reading ${text}`);
}

/** `from 2026-11-29 15:30:00 (14:30:00 UTC) to …`; empty where no time is given. */
export function windowText({ from, to }: { readonly from: StartPlace; readonly to?: number | undefined }): string {
  return [
    ...(typeof from === 'object' ? [`from ${momentText(from.timeMs)}`] : []),
    ...(to === undefined ? [] : [`to ${momentText(to)}`]),
  ].join(' ');
}

/** A moment in the time of the machine and in UTC: `2026-11-29 15:30:00 (14:30:00 UTC)`. */
export function momentText(ms: number): string {
  const [localDay, localTime] = utcText(ms - new Date(ms).getTimezoneOffset() * 60_000).split(' ');
  const [day, time] = utcText(ms).split(' ');
  if (localDay === day && localTime === time) return `${day} ${time} UTC`;
  return `${localDay} ${localTime} (${localDay === day ? '' : `${day} `}${time} UTC)`;
}
