import { InvalidArgumentError } from 'commander';
import type { ReadFrom } from '../../transport/transport.js';

/** Where reading begins. */
export type StartPlace = Exclude<ReadFrom, ReadonlyMap<number, number>>;

const rule = 'must be earliest, latest or a time such as 2026-05-01T12:00:00Z, 15:30, 10m (ago), today or yesterday.';
const spansMs = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses `earliest`, `latest` or what {@link timeMsOf} takes. */
export function startPlace(text: string): StartPlace {
  if (text === 'earliest' || text === 'latest') return text;
  const timeMs = timeMsOf(text, new Date());
  if (timeMs === undefined) throw new InvalidArgumentError(rule);
  return { timeMs };
}

/**
 * A moment, in ms since 1970; undefined when the text is none.
 *
 * - ISO 8601 with a year, or ms since 1970: `2026-05-01`, `2026-05-01T12:00Z`, `1777636800000`
 * - a time of day, the last one that has passed: `15:30`, `15:30:20`
 * - a time ago: `10m`, `-10m`, `8h`, `2d`
 * - `today`, `yesterday`: the midnight with which it begins
 *
 * Times without a zone are those of the machine.
 */
export function timeMsOf(text: string, now: Date): number | undefined {
  if (/^\d{9,15}$/.test(text)) return Number(text);
  const [, amount, unit] = /^-?(\d{1,6}) ?(s|m|min|h|d)$/.exec(text) ?? [];
  if (amount !== undefined) return now.getTime() - Number(amount) * spansMs[unit as keyof typeof spansMs];
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  if (text === 'today') return midnight.getTime();
  if (text === 'yesterday') return midnight.setDate(midnight.getDate() - 1);
  const [, hours, minutes, seconds = '0'] = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hours !== undefined) {
    const moment = new Date(now);
    moment.setHours(Number(hours), Number(minutes), Number(seconds), 0);
    // Not a day of fixed length: clocks change.
    if (moment > now) moment.setDate(moment.getDate() - 1);
    return moment.getTime();
  }
  const time = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
