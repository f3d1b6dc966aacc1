import type { ChamberPanel, DetectorView } from '../views/detector/detector-view.js';
import { cellShades, cellsTitle } from './cells-svg.js';
import { chamberPlots } from './chamber-plots.js';
import { cellsFinding } from './findings.js';
import type { Plot, PlotTick } from './plot.js';
import { ratePlots } from './rate-plots.js';
import { changeText, countText, momentText, numberText } from './texts.js';
import { verdictLine } from './verdict-line.js';
import { rejectedRows } from '../domain/rejected-rows.js';

/** What the live page shows, as short as it can be: the page draws it as it is. */
export interface LiveEvent {
  /** When it was made, ms since 1970, and how old the newest message was then; null without any. */
  readonly at: number;
  readonly age: number | null;
  /** Whether rates and verdicts are of now. */
  readonly now: boolean;
  readonly window: string;
  readonly verdict: readonly [state: string, text: string];
  /** A row a chamber: name, verdict, hits/s, to the reference, hits since the start. */
  readonly chambers: readonly (readonly string[])[];
  readonly alarms: readonly (readonly string[])[];
  readonly ledger: readonly (readonly string[])[];
  readonly marks: readonly (readonly string[])[];
  readonly plots: readonly LivePlot[];
  readonly cells: readonly LiveCells[];
}

/** A plot; heights in {@link heightsText}. */
interface LivePlot {
  readonly i: string;
  readonly t: string;
  readonly f: string;
  readonly b: string;
  readonly e?: string;
  readonly y: readonly string[];
  readonly x: readonly (readonly [number, string])[];
  readonly xt: string;
  readonly s?: readonly (readonly [number, string])[];
  readonly g?: readonly (readonly [number, string])[];
  /** Whether it is a line. */
  readonly l?: 1;
}

/** Cells by channel: their shades, 0 to 4, and their signs. */
interface LiveCells {
  readonly i: string;
  readonly t: string;
  readonly f: string;
  readonly c: string;
  readonly s: string;
}

export interface LiveState {
  /** When the newest message came, ms since 1970. */
  readonly newestMs: number | undefined;
}

/** Chambers that are drawn; of more, those with a fault first. */
const chambersDrawn = 4;
const alarmsShown = 12;
const marksShown = 5;
/** Columns of a rate that are drawn. */
const columnsShown = 60;

export function liveEvent(detector: DetectorView, { newestMs }: LiveState): LiveEvent {
  const { nowMs, isCurrent, window, chambers, alarms, marks, trends } = detector;
  const { state, text } = verdictLine({ detector, notJudged: [] });
  const drawn = chambersToDraw(chambers);
  const newest = { ...trends, ...newestColumns(trends) };
  const rates = ratePlots({ ...detector, chambers: drawn, trends: newest }, 'utc');
  const { ledger } = window.sums.totals;
  const { dropped, rejected } = ledger;
  return {
    ...{ at: nowMs, age: newestMs === undefined ? null : Math.max(0, nowMs - newestMs), now: isCurrent },
    window: window.title,
    verdict: [state, text],
    chambers: chambers.map(({ chamber, verdict, hitsPerS, toReference, hitsSinceStart }) => [
      ...[String(chamber), verdict.at === undefined ? verdict.word : `${verdict.word} ${verdict.at}`],
      ...[numberText(hitsPerS), changeText(toReference), countText(hitsSinceStart)],
    ]),
    alarms: alarms
      .slice(0, alarmsShown)
      .map(({ state: of, objectText, fault, observed, expected, sinceMs, remark }) => [
        ...[of, objectText, fault, observed, expected, momentText(sinceMs, 'utc')],
        remark?.note ?? remark?.by ?? '',
      ]),
    ledger: [
      ['read', countText(ledger.rows_read)],
      ['hits', countText(ledger.hits)],
      ['trigger rows', countText(ledger.scintillator)],
      ['dropped', countText(dropped.head + dropped.channel)],
      ['rejected', countText(rejectedRows(rejected))],
      ['late', countText(window.sums.totals.lateHits)],
    ],
    marks: marks
      .slice(-marksShown)
      .map(({ number, atMs, text: said, by }) => [String(number), momentText(atMs, 'utc'), said, by ?? '']),
    plots: [...rates, ...drawn.flatMap(chamberPlots)].map(livePlot),
    cells: drawn.map((panel) => ({
      ...{ i: `c${panel.chamber}-cells`, t: cellsTitle(panel.chamber), f: cellsFinding(panel) },
      ...{ c: cellShades(panel).join(''), s: panel.occupancy.signs.join('') },
    })),
  };
}

function chambersToDraw(chambers: readonly ChamberPanel[]): readonly ChamberPanel[] {
  const isBad = ({ verdict }: ChamberPanel): boolean => verdict.state === 'bad';
  if (chambers.length <= chambersDrawn) return chambers;
  const [bad, others] = [chambers.filter(isBad), chambers.filter((panel) => !isBad(panel))];
  return [...bad, ...others].slice(0, chambersDrawn).sort((one, other) => one.chamber - other.chamber);
}

function newestColumns({ all, chambers, trigger, lag }: DetectorView['trends']) {
  const newest = <T>(list: readonly T[]): readonly T[] => list.slice(-columnsShown);
  return { all: newest(all), chambers: chambers.map(newest), trigger: newest(trigger), lag: newest(lag) };
}

function livePlot({ id, title, finding, bins, expected, scale, form, xTicks, xTitle, signs, edges }: Plot): LivePlot {
  const short = (ticks: readonly PlotTick[]) => ticks.map(({ at, text }) => [Math.round(10 * at) / 10, text] as const);
  return {
    ...{ i: id, t: title, f: finding, b: heightsText(bins, scale.place) },
    ...(expected && { e: heightsText(expected, scale.place) }),
    ...{ y: scale.texts, x: short(xTicks), xt: xTitle },
    ...(signs.length > 0 && { s: short(signs) }),
    ...(edges.length > 0 && { g: short(edges) }),
    ...(form === 'line' && { l: 1 as const }),
  };
}

/** Most of a height: one step is about a pixel. */
export const heightSteps = 90;
/** Stand for nothing known, and for 0; `"` is before and `\` among the others, and would take two bytes in JSON. */
const [unknown, zero, backslash] = [' ', 0x23, 0x5c];

/** Heights of bins as one character each: blank = unknown, from `#` = 0 on up to 90, without `\`. */
function heightsText(bins: readonly (number | undefined)[], place: (value: number) => number): string {
  return bins
    .map((value) => {
      if (value === undefined || Number.isNaN(value)) return unknown;
      const height = Math.round(heightSteps * Math.min(1, Math.max(0, place(value))));
      const code = zero + (value > 0 ? Math.max(1, height) : height);
      return String.fromCharCode(code < backslash ? code : code + 1);
    })
    .join('');
}
