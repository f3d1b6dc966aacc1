import type { Style } from './style.js';

/** A count in full, in groups of three: `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count in at most five characters: `812`, `1.23k`, `45.1M`. */
export function formatShort(count: number): string {
  if (count < 999.5)
    return String(Math.round(count * 10) % 10 === 0 || count >= 99.95 ? Math.round(count) : count.toFixed(1));
  const units = ['k', 'M', 'G', 'T', 'P', 'E'];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)}${units[unit]}`;
}

/** A size in the decimal unit that suits it: `812 B`, `12.3 kB`, `4.29 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const short = formatShort(bytes);
  return `${short.slice(0, -1)} ${short.slice(-1)}B`;
}

/** A time span in the unit that suits it: `0.8 s`, `42 s`, `3 min`, `5 h`, `12 d`. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(0, spanMs) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  if (seconds < 99.5 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** A time to three digits or four: `241.7 s`, `12.3 min`, `8.0 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 600) return `${seconds.toFixed(1)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** `1 message`, `1,234 messages`. */
export function messagesText(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'message' : 'messages'}`;
}

/** A measured value and its standard deviation to two digits of it, at most two decimals: `5.73 ±0.87`. */
export function formatMeasured(value: number, sigma: number, { ascii }: Pick<Style, 'ascii'>): string {
  const digits = sigma > 0 ? Math.max(0, Math.min(2, 1 - Math.floor(Math.log10(sigma)))) : 1;
  return `${value.toFixed(digits).replace(/^-(?=[0.]+$)/, '')} ${ascii ? '+-' : '±'}${sigma.toFixed(digits)}`;
}

/** A share in percent with the distances to the ends of its interval: `94.2 +0.9 -1.0`. */
export function formatPercent({ share, low, high }: { share: number; low: number; high: number }): string {
  const percent = (part: number): string => (100 * part).toFixed(1);
  return `${percent(share)} +${percent(high - share)} -${percent(share - low)}`;
}

/** A moment in ms since 1970 as `14:38:20` by UTC. */
export function formatClock(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '??:??:??' : date.toISOString().slice(-13, -5);
}

/** A distance as a share: `+8.7 %`, `-100.0 %`, `+1.23k %`. */
export function formatShare(share: number): string {
  const percent = Math.abs(100 * share);
  const digits = percent < 999.95 ? percent.toFixed(1) : formatShort(percent);
  return `${share < 0 && digits !== '0.0' ? '-' : '+'}${digits} %`;
}

/** A distance with its sign, which a 0 has as `+`: `+2.5`, `-0.3`, `+0.0`. */
export function formatSigned(value: number): string {
  const digits = Math.abs(value).toFixed(1);
  return `${value < 0 && digits !== '0.0' ? '-' : '+'}${digits}`;
}

/** A whole period: `73 s`, `5 min`, `24 h`. */
export function formatPeriod(seconds: number): string {
  if (seconds < 300) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 120) return `${Number(minutes.toFixed(1))} min`;
  return `${Number((minutes / 60).toFixed(1))} h`;
}

/** The text, or the words of it that fit and a sign that there is more; a word is cut where it is most of the text. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  const room = Math.max(0, width - 3);
  const end = text.lastIndexOf(' ', room);
  return `${text.slice(0, end > room / 2 ? end : room).trimEnd()}...`;
}
