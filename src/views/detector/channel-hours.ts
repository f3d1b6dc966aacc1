import { channelStepS, type StepHits } from '../../results/channel-steps.js';
import type { ChannelHours } from './detector-view.js';

/** 8 hours. */
const hoursS = 8 * 3600;
export const hourSteps = hoursS / channelStepS;
/** Seconds that a column may stand for, the shortest first: whole steps, and a whole number of columns in 8 hours. */
const columnsS = [300, 600, 900] as const;
/** The fewest columns. */
export const hourColumnsMin = hoursS / 900;

/** The shortest columns of which 8 hours find room; undefined where none do. */
export function hourColumnS(room: number): number | undefined {
  return columnsS.find((columnS) => hoursS / columnS <= room);
}

/**
 * Hits of a channel by column of 8 hours as shares of what is expected, the newest last; undefined where none are kept.
 *
 * @param of.expectedHz default: its own mean over the columns
 */
export function hoursOf(
  { endMs, steps }: ChannelHours,
  of: {
    readonly chamber: number;
    readonly channel: number;
    readonly columnS: number;
    readonly expectedHz: number | undefined;
  },
): (number | undefined)[] {
  const { chamber, channel, columnS } = of;
  // Columns are of the clock: the newest one has not all of its steps yet.
  const lastEndMs = Math.ceil(endMs / 1000 / columnS) * 1000 * columnS;
  const missing = (lastEndMs - endMs) / 1000 / channelStepS;
  const perColumn = columnS / channelStepS;
  const columns = Array.from({ length: hoursS / columnS }, () => ({ hits: 0, seconds: 0 }));
  steps.forEach((step: StepHits | undefined, index) => {
    const fromEnd = Math.floor((steps.length - 1 - index + missing) / perColumn);
    const column = columns.at(-1 - fromEnd);
    if (step === undefined || column === undefined) return;
    column.hits += step.hits.at(chamber)?.at(channel) ?? 0;
    column.seconds += step.seconds;
  });
  const all = columns.reduce((sum, { hits, seconds }) => ({ hits: sum.hits + hits, seconds: sum.seconds + seconds }));
  const expected = of.expectedHz ?? all.hits / all.seconds;
  return columns.map(({ hits, seconds }) => (seconds > 0 ? (hits === 0 ? 0 : hits / seconds / expected) : undefined));
}
