import type { BoxWidths } from '../../results/box-widths.js';
import type { History, HistoryPlace, HistoryWindow } from '../../results/history.js';
import type { HistoryPart } from '../../results/history-part.js';
import type { MessageSums } from '../../results/message-sums.js';
import type { MinuteChannels } from '../../results/minute-channels.js';
import { minuteMs, type RateTrend } from '../../results/rate-trend.js';
import { type ActiveView, activeBands, type ChannelTrend, type Mark, type TrendsView } from './detector-view.js';
import type { DetectorInput } from './make-detector-view.js';

/** Columns of a trend: the widest terminal has fewer. */
const trendColumns = 240;
/** Minutes of what is shown by minute: widths of time boxes, hits of a channel. */
const minutesShown = 30;
/** Steps of the activity against time from which minutes are shown instead of messages. */
const stepsMax = 600;

/** Batches end where they end: a window that is longer by less than this is said to be as long as asked for. */
const toleranceS = 2;
const tolerance = 0.1;

export const windowKinds = ['batch', 'last', 'mark', 'start'] as const;

/** Which part of a history is shown. */
export interface HistoryChoice {
  readonly kind: (typeof windowKinds)[number];
  /** Of `last`, s. */
  readonly seconds: number;
  /** Of trends, s. */
  readonly columnS: number;
  /** Where the screen stands still; undefined = live. */
  readonly end: HistoryPlace | undefined;
}

/**
 * What of a view comes from the messages of a history.
 *
 * @param of.trend rates of a moment at which the screen stands still; default: those of now
 */
export function historyInput(
  history: History,
  choice: HistoryChoice,
  {
    marks,
    boxWidths,
    trend = history.trend,
  }: { readonly marks: readonly Mark[]; readonly boxWidths: BoxWidths; readonly trend?: RateTrend | undefined },
): Pick<DetectorInput, 'window' | 'sinceStart' | 'trends' | 'activeSteps' | 'boxTrends'> {
  const { end, seconds, columnS } = choice;
  const lastMs = end?.atMs ?? history.newestMs;
  const mark = marks.findLast(({ atMs }) => atMs <= (end?.atMs ?? Infinity));
  const kind = choice.kind === 'mark' && mark === undefined ? 'start' : choice.kind;
  const window: HistoryWindow = { kind, seconds, sinceMs: mark?.atMs ?? 0, end };
  const sums = history.windowSums(window);
  const parts = history.parts(window);
  const sinceStart = history.sinceStart(end);
  let steps: ActiveView['steps'][] | undefined;
  return {
    window: { kind, title: titleOf(window, sums, mark), sums },
    sinceStart,
    trends: trendsOf(trend, { columnS, lastMs, marks }),
    activeSteps: (chamber) => (steps ??= stepsOf(parts, sinceStart.messages)).at(chamber) ?? [],
    boxTrends: lastMs === undefined ? [] : boxWidths.upTo(lastMs, minutesShown),
  };
}

/** `last 60 s`, `60 s to it`: of more than is asked for where minutes are all that is kept, as much as it is. */
function titleOf({ kind, seconds, end }: HistoryWindow, { fromMs, toMs }: MessageSums, mark: Mark | undefined): string {
  const isPast = end !== undefined;
  switch (kind) {
    case 'batch':
      return isPast ? `${end.step === 'message' ? 'batch' : 'minute'} there` : 'last batch';
    case 'last': {
      const coveredS = fromMs === undefined || toMs === undefined ? 0 : Math.round((toMs - fromMs) / 1000);
      const text = durationText(coveredS > seconds + Math.max(toleranceS, tolerance * seconds) ? coveredS : seconds);
      return isPast ? `${text} to it` : `last ${text}`;
    }
    case 'mark':
      return isPast ? `mark ${mark?.number ?? ''} to it` : `since mark ${mark?.number ?? ''}`;
    case 'start':
      return isPast ? 'start to it' : 'since start';
    default:
      return kind satisfies never;
  }
}

/** `60 s`, `5 min`, `1 h`. */
function durationText(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds > 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** Hits of one channel by minute. */
export function channelTrend(
  channels: MinuteChannels,
  { chamber, channel }: { readonly chamber: number; readonly channel: number },
  atMs: number | undefined,
): ChannelTrend {
  const hits = atMs === undefined ? [] : channels.upTo(atMs, minutesShown);
  return { chamber, channel, hits: hits.map((byChamber) => byChamber?.at(chamber)?.at(channel)) };
}

function trendsOf(
  trend: RateTrend,
  of: { readonly columnS: number; readonly lastMs: number | undefined; readonly marks: readonly Mark[] },
): TrendsView {
  const { columnS, lastMs, marks } = of;
  const columns = trend.columns(columnS, trendColumns, lastMs);
  const startMs = columns.endMs - columns.all.length * 1000 * columnS;
  return {
    ...columns,
    columnS,
    marks: marks.flatMap((mark) => {
      const column = Math.floor((mark.atMs - startMs) / (1000 * columnS));
      return column >= 0 && column < columns.all.length ? [{ column, mark }] : [];
    }),
  };
}

/** Orbits by time and band, by chamber: a row a message, or a minute where there are many. @param messages since the start */
function stepsOf(parts: readonly HistoryPart[], messages: number): ActiveView['steps'][] {
  const chambers = Math.max(0, ...parts.map(({ bands }) => bands.length / activeBands.length));
  const isByMinute = parts.length > stepsMax;
  const steps = isByMinute ? byMinute(parts) : parts.map((part) => [part]);
  const numberOf = (index: number, lastMs: number): number =>
    isByMinute ? Math.floor(lastMs / minuteMs) : messages - parts.length + index;
  return Array.from({ length: chambers }, (_, chamber) =>
    steps.map((of, index) => ({
      number: numberOf(index, of.at(-1)?.lastMs ?? 0),
      toMs: of.at(-1)?.lastMs ?? 0,
      orbitLast: of.at(-1)?.orbitLast ?? null,
      bands: activeBands.map((_band, band) =>
        of.reduce((sum, { bands }) => sum + (bands.at(chamber * activeBands.length + band) ?? 0), 0),
      ),
    })),
  );
}

function byMinute(parts: readonly HistoryPart[]): HistoryPart[][] {
  const minutes = new Map<number, HistoryPart[]>();
  for (const part of parts) {
    const minute = Math.floor(part.lastMs / minuteMs);
    const known = minutes.get(minute);
    if (known === undefined) minutes.set(minute, [part]);
    else known.push(part);
  }
  return [...minutes.values()];
}
