import { utcText } from '../domain/utc-text.js';
import type { ReportClock } from './shift-report.js';

const minuteMs = 60_000;
const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with a comma every three digits. */
export function countText(count: number): string {
  return counts.format(count);
}

/** A measured number with at most so many decimals; `–` where nothing says it. */
export function numberText(value: number | undefined, decimals = 1): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

/** A share with its sign: `+8.7 %`, `0.0 %`; `–` where nothing says it. */
export function changeText(share: number | undefined): string {
  if (share === undefined) return '–';
  const text = numberText(Math.abs(100 * share));
  const sign = Number(text) === 0 ? '' : share < 0 ? '−' : '+';
  return `${sign}${text} %`;
}

/** `12.3 %`; `–` of nothing. */
export function percentText(part: number, of: number): string {
  return of === 0 ? '–' : `${numberText((100 * part) / of, 2)} %`;
}

/** A moment on the clock of a report: `2026-11-29 14:51:20`, or `74.2 s` of live time. */
export function momentText(ms: number, clock: ReportClock): string {
  return clock === 'utc' ? utcText(ms) : `${numberText(ms / 1000)} s`;
}

/**
 * The same where there is little room: `14:51`, `74 s`.
 *
 * @param stepMs between moments beside each other
 */
export function shortMomentText(ms: number, clock: ReportClock, stepMs: number): string {
  if (clock === 'live') return `${countText(ms / 1000)} s`;
  return utcText(ms).slice(11, stepMs < minuteMs ? 19 : 16);
}

/** What {@link momentText} is of, for the head of a column. */
export function clockText(clock: ReportClock): string {
  return clock === 'utc' ? 'UTC' : 'live time';
}

/** Words in a sentence: `a, b and c`. */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
