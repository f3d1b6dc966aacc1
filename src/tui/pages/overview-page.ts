import { missingMessages } from '../../results/producers.js';
import type { ChamberPanel, DetectorView } from '../../views/detector/detector-view.js';
import { stateColumns } from '../../views/detector/states-view.js';
import { drawLedgerLine } from '../panels/frame/bottom-lines.js';
import type { Area } from '../draw/canvas.js';
import { formatClock, formatCount, formatPeriod, formatShare, formatShort } from '../draw/format.js';
import { drawPieces, type Piece, plainPiece } from '../draw/line.js';
import { drawChamberTable } from '../panels/overview/chamber-table.js';
import { drawChannelStrip, stripNameWidth } from '../panels/occupancy/channel-strips.js';
import { drawEnlargedTrend } from '../panels/overview/enlarged-trend.js';
import { drawNewestEvents } from '../panels/overview/event-list.js';
import { drawRuler } from '../panels/occupancy/occupancy-panel.js';
import { hasLines } from '../draw/style.js';
import { drawStateStrips, stateFrameRows, stateStripsWidth } from '../panels/overview/state-strips.js';
import { drawTrendLines } from '../panels/overview/trend-lines.js';
import { drawTrend, endText, namedTrends } from '../panels/overview/trend-panel.js';
import { firstShown } from './first-shown.js';
import type { PageInput } from './page.js';

/** Rows of the table beside those of the chambers: head, trigger, lag; and of the ledger. */
const tableRows = 3;
const ledgerRows = 2;
/** Height from which blank rows part the page, and one from which the trend is higher. */
const heightWithGaps = 20;
const heightTall = 34;
const heightHuge = 50;
/** Fewest and most rows of the lag, where there is room for it. */
const lagRowsMin = 5;
const lagRowsMax = 16;
/** Rows of a chamber's channels, at most. */
const stripRowsMax = 4;
/** Columns that the list of events needs beside the channels. */
const eventsWidth = 30;

/** Rates, the table of chambers, the channels of each in a few rows, and the account of all rows. */
export function drawOverviewPage(area: Area, input: PageInput): number {
  const { detector, view } = input;
  const { chambers } = detector;
  if (view.choices.isEnlarged)
    return hasLines(input.style) ? drawTrendLines(area, input) : drawEnlargedTrend(area, input);
  const rows = rowsOf(area, chambers);
  const first = firstShown(chambers.length, rows.chambers, view.choices.chamber);
  let y = 0;
  const next = (height: number, gap: boolean): Area => {
    const part = area.part({ x: 0, y, width: area.width, height });
    y += height + (gap ? 1 : 0);
    return part;
  };
  if (rows.trend > 0) drawAllChambers(next(rows.trend, area.height >= heightTall), input, rows.trend > 3);
  drawChamberTable(next(rows.chambers + tableRows, rows.hasGaps), input, { first, count: rows.chambers });
  if (rows.strip > 0) {
    const height = 1 + rows.chambers * rows.strip;
    drawStrips(next(height, true), input, { height: rows.strip });
  }
  const { states } = detector;
  const stateRows = chambers.length + stateFrameRows;
  const room = area.height - ledgerRows - 1 - y;
  if (rows.hasStates && states !== undefined && room >= stateRows) {
    drawStateStrips(next(stateRows, true), states, input.style);
  }
  const rest = area.height - ledgerRows - 1 - y;
  if (area.height >= heightHuge && rest >= lagRowsMin) drawLag(next(Math.min(rest, lagRowsMax), false), input);
  drawLedger(area.part({ x: 0, y: area.height - ledgerRows, width: area.width, height: ledgerRows }), input);
  return rows.chambers;
}

interface Rows {
  readonly trend: number;
  readonly chambers: number;
  /** Of each chamber's channels with what parts them; 0 = there is no room. */
  readonly strip: number;
  readonly hasStates: boolean;
  readonly hasGaps: boolean;
}

/** The table comes first, then a trend of few rows, then the channels if there is room for all of them. */
function rowsOf({ width, height }: Area, chambers: readonly ChamberPanel[]): Rows {
  const hasGaps = height >= heightTall;
  const gaps = hasGaps ? 3 : 0;
  const room = height - tableRows - ledgerRows - gaps;
  const wanted = height >= heightHuge ? 12 : height >= heightTall ? 8 : height >= heightWithGaps ? 5 : 2;
  const shown = Math.max(0, Math.min(chambers.length, room));
  const trend = room - shown >= wanted ? wanted : room - shown >= 2 ? Math.min(room - shown, 3) : 0;
  const hasStates = height >= heightHuge && width >= stateStripsWidth(stateColumns) && shown === chambers.length;
  const states = hasStates ? shown + stateFrameRows + 1 : 0;
  const most = room - shown - trend - 1;
  // Two rows of each chamber's channels come before the states of 8 hours, then the lag, then more rows.
  const rest = Math.max(Math.min(most, 2 * shown), most - states - (states > 0 ? lagRowsMin : 0));
  const isWide = width >= stripNameWidth + Math.max(0, ...chambers.map(({ channels }) => channels));
  const strip = isWide && shown === chambers.length && shown > 0 ? Math.min(stripRowsMax, Math.floor(rest / shown)) : 0;
  return { trend, chambers: shown, strip: Math.max(0, strip), hasStates, hasGaps };
}

function drawAllChambers(area: Area, { detector, view, style }: PageInput, hasAxis: boolean): void {
  const { trends, marks } = detector;
  const rate = sumOf(detector.chambers.map(({ hitsPerS }) => hitsPerS));
  const name: Piece = { text: ' all chambers', ink: 'strong' };
  const rateText = plainPiece(`${rate === undefined ? '–' : formatShort(rate)} hits/s`);
  const share = shareOfAll(detector);
  const toReference = share === undefined ? [] : [plainPiece(`${formatShare(share)} to reference`)];
  const column = `${formatPeriod(trends.columnS)} a column`;
  const sign = marks.length === 0 ? [] : [plainPiece(style.ascii ? '| mark ' : '┴ mark ')];
  const titles = [
    [name, rateText, ...toReference],
    [name, rateText],
  ];
  const notes = [[plainPiece(column), ...sign], [plainPiece(`${column} `)]];
  drawTrend(area, { titles, notes, values: trends.all, trends, hasAxis, end: endText(view) }, style);
}

/** Rows that `process` has not read, against time. */
function drawLag(area: Area, { detector, view, style }: PageInput): void {
  const { trends } = detector;
  const { lag } = namedTrends(detector);
  const titles = [[{ text: ' lag', ink: 'strong' as const }, plainPiece('rows that process has not read')]];
  drawTrend(area, { titles, notes: [[]], values: lag.values, trends, hasAxis: true, end: endText(view) }, style);
}

/** Distance of all hits from what is expected of the chambers that have a reference. */
function shareOfAll({ chambers }: DetectorView): number | undefined {
  let [hits, expected] = [0, 0];
  for (const panel of chambers) {
    if (panel.toReference === undefined || panel.toReference <= -1) continue;
    hits += panel.hits;
    expected += panel.hits / (1 + panel.toReference);
  }
  return expected > 0 ? hits / expected - 1 : undefined;
}

function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** A ruler, and below it the channels of each chamber; beside them the newest events. */
function drawStrips(area: Area, input: PageInput, { height }: { readonly height: number }): void {
  const { detector, style } = input;
  const { chambers } = detector;
  const channels = Math.max(...chambers.map((panel) => panel.channels));
  const columnWidth = area.width >= stripNameWidth + 2 * channels + eventsWidth + 12 ? 2 : 1;
  const width = stripNameWidth + channels * columnWidth;
  const ruler = area.part({ x: stripNameWidth, y: 0, width: channels * columnWidth, height: 1 });
  drawRuler(ruler, { from: 0, to: channels, signs: [], columnWidth }, style);
  const signsWidth = 10;
  const hasEvents = area.width >= width + signsWidth + eventsWidth;
  const stripWidth = hasEvents ? width + signsWidth : area.width;
  chambers.forEach((panel, index) => {
    // The lowest row of several stays blank.
    const rows = height > 2 ? height - 1 : height;
    const strip = area.part({ x: 0, y: 1 + index * height, width: stripWidth, height: rows });
    drawChannelStrip(strip, { panel, columnWidth, input });
  });
  if (!hasEvents) return;
  const x = width + signsWidth + 2;
  drawNewestEvents(area.part({ x, y: 0, width: area.width - x, height: area.height }), detector);
}

/** Where every row went since the start, and what is missing. */
function drawLedger(area: Area, { state }: PageInput): void {
  drawLedgerLine(area, state);
  const { totals, producers, duplicates, unreadable, span } = state;
  const counted = (name: string, count: number): Piece => {
    return { text: `${name} ${formatCount(count)}`, ink: count > 0 ? 'warn' : 'plain' };
  };
  const late = counted(' late', totals.lateHits);
  const missing = counted('missing', missingMessages(producers) + totals.lost + state.lostRecords);
  const others = [counted('duplicates', duplicates), counted('unreadable', unreadable)];
  const run = state.newest?.run === undefined ? '' : `, run ${state.newest.run}`;
  const since = span.fromMs === undefined ? [] : [[plainPiece(`since ${formatClock(span.fromMs)}${run} `)]];
  const line = area.part({ x: 0, y: 1, width: area.width, height: 1 });
  drawPieces(
    line,
    [
      [late, missing, ...others],
      [late, missing],
    ],
    [...since, []],
  );
}
