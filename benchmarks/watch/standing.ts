import type { Page } from '../../src/tui/pages/view.js';
import { keyOf, type MeasuredSpan, measureWatch, type Size, type Step } from './pty-meter.js';

/** What comes while a page stands: messages at 1 or 10 a second, nothing, or messages at 1 a second to a frozen screen. */
export type Condition = 'one' | 'ten' | 'idle' | 'frozen';

const keyS = 0.3;
/** What the first line says when the program has read what there is, and at the end. */
const feedStates = {
  one: { read: 'LIVE', standing: 'LIVE' },
  ten: { read: 'LIVE', standing: 'LIVE' },
  idle: { read: 'STALE', standing: 'STALE' },
  frozen: { read: 'LIVE', standing: 'FROZEN' },
} as const satisfies Record<Condition, object>;
/** Longest time until data are there: many programs start at the same time. */
const startSMax = 90;

/** A page that stands. */
export interface Standing {
  readonly condition: Condition;
  readonly size: Size;
  readonly page: Page;
}

/** What it took, span by span. */
export interface MeasuredStanding extends Standing {
  readonly spans: readonly MeasuredSpan[];
  /** What the first line said at the end, where it is not what the condition asks for. */
  readonly fault: string | undefined;
}

/** How long it stands, s. */
export interface StandingTimes {
  /** From the keys that bring it to its page to the first span. */
  readonly warmUpS: number;
  readonly spans: readonly number[];
}

/** Measures pages that stand, all at the same time. @param flagsOf which log has the messages of a condition */
export function measureStanding(
  standing: readonly Standing[],
  flagsOf: (condition: Condition) => readonly string[],
  { warmUpS, spans }: StandingTimes,
): Promise<MeasuredStanding[]> {
  return Promise.all(
    standing.map(async (one) => {
      const { condition, size, page } = one;
      const type = (key: string): Step => ({ type: key, within: keyS });
      const { read, standing: said } = feedStates[condition];
      const steps: Step[] = [
        { until: 'data', within: startSMax },
        type(keyOf(page)),
        ...(condition === 'frozen' ? [type(' ')] : []),
        { wait: warmUpS },
        ...spans.map((span) => ({ span })),
      ];
      const measured = await measureWatch(flagsOf(condition), size, steps, read);
      const line = measured.screen[0].trim();
      return { ...one, spans: measured.spans, fault: line.startsWith(said) ? undefined : line };
    }),
  );
}

export function bytesPerSecond({ spans }: Pick<MeasuredStanding, 'spans'>): number {
  return spans.reduce((sum, { bytes }) => sum + bytes, 0) / spans.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Of one core. */
export function processorPercent({ cpuSeconds, seconds }: MeasuredSpan): number {
  return (100 * cpuSeconds) / seconds;
}

/** The page of a condition that took most processor time, without the overview. */
export function costliestPage(measured: readonly MeasuredStanding[], condition: Condition): Page {
  const cost = ({ spans }: MeasuredStanding): number => Math.max(...spans.map(processorPercent));
  const others = measured.filter((one) => one.condition === condition && one.page !== 'overview');
  if (others.length === 0) throw new Error(`pages of ${condition} must have been measured`);
  return others.reduce((most, one) => (cost(one) > cost(most) ? one : most)).page;
}
