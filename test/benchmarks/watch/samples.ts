import type { Size } from '../../../benchmarks/watch/pty-meter.js';
import { large, type MeasuredRound, middle, small } from '../../../benchmarks/watch/round.js';
import type { Condition, MeasuredStanding } from '../../../benchmarks/watch/standing.js';
import { type Page, pages } from '../../../src/tui/pages/view.js';

/** A page that stood for a minute. */
export function standingOf(
  condition: Condition,
  page: Page,
  { bytes = 0, cpuSeconds = 0, size = middle }: { bytes?: number; cpuSeconds?: number; size?: Size } = {},
): MeasuredStanding {
  return { condition, page, size, fault: undefined, spans: [{ seconds: 60, cpuSeconds, bytes, frames: 60 }] };
}

/** A round within all bounds; the activity page writes most. */
export function roundOf(changed: Partial<MeasuredRound> = {}): MeasuredRound {
  const each = (condition: Condition, size: Size, bytes: number): MeasuredStanding[] =>
    pages.map((page) => standingOf(condition, page, { size, bytes: page === 'activity' ? bytes * 2 : bytes }));
  return {
    starts: [
      { frameMs: 200, dataMs: 390 },
      { frameMs: 220, dataMs: 410 },
      { frameMs: 280, dataMs: 450 },
    ],
    keys: pages.map((_, index) => ({ key: String(index + 1), ms: 10 + index, bytes: 5000 + index })),
    survey: [
      ...each('one', small, 30_000),
      ...each('one', middle, 60_000),
      ...each('one', large, 120_000),
      ...each('ten', middle, 180_000),
      ...each('idle', middle, 1200),
      ...each('frozen', middle, 60),
    ],
    calm: [
      standingOf('one', 'overview', { cpuSeconds: 0.6 }),
      standingOf('ten', 'overview', { cpuSeconds: 1.8 }),
      standingOf('idle', 'overview', { cpuSeconds: 0.3 }),
      standingOf('one', 'activity', { cpuSeconds: 0.7 }),
      standingOf('ten', 'timing', { cpuSeconds: 2.4 }),
    ],
    soak: {
      memory: [140e6, 160e6, 145e6].map((rss) => ({ rss, peak: 180e6, anonymous: rss - 50e6, file: 50e6 })),
      ...{ fed: { messages: 7850, hits: 425_000_000 }, kinds: 1060, alarms: 0 },
    },
    ...changed,
  };
}
