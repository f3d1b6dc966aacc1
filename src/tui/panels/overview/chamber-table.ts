import { plotScale } from '../../../results/plot-scale.js';
import type { ChamberPanel, DetectorView, TrendsView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock, formatCount, formatPeriod, formatShare, formatShort } from '../../draw/format.js';
import type { Ink } from '../../draw/ink.js';
import { drawSeries, type Series, shortened } from '../../draw/series.js';
import type { PageInput } from '../../pages/page.js';
import { verdictInk } from '../frame/chamber-words.js';
import { backlogSeen } from '../frame/feed.js';

/** Stands for a number that nothing says. */
const none = '–';
/** Fewest and most columns of a trend in the table. */
const trendMin = 10;
const trendMax = 120;

/** A column of text or numbers; those of high rank give way first. */
interface Column {
  readonly title: string;
  readonly width: number;
  readonly isText?: boolean;
  readonly rank: number;
  readonly cell: (row: Row) => string;
}

/** A line of the table; what it does not have is blank. */
interface Row {
  readonly name: string;
  readonly rate: string;
  readonly toReference: string;
  readonly series: Series;
  readonly active: string;
  readonly box: string;
  readonly state: string;
  readonly ink: Ink;
}

const columns: readonly Column[] = [
  { title: 'chamber', width: 8, isText: true, rank: 0, cell: ({ name }) => name },
  { title: 'hits/s', width: 7, rank: 0, cell: ({ rate }) => rate },
  { title: 'to ref', width: 9, rank: 1, cell: ({ toReference }) => toReference },
  { title: 'active', width: 8, rank: 3, cell: ({ active }) => active },
  { title: 'box ns', width: 8, rank: 2, cell: ({ box }) => box },
];
const stateWidth = 13;
const gap = 2;

/**
 * A line a chamber from `first` on, and below them the trigger and the lag of `process`: rates of the window, their
 * distance from the reference, a trend, mean of active channels, width of the time box and the verdict.
 */
export function drawChamberTable(
  area: Area,
  { detector, state, view, style }: PageInput,
  { first, count }: { readonly first: number; readonly count: number },
): void {
  const { trends, chambers } = detector;
  const kept = fitting(area.width);
  const trendX = 1 + widthOf(kept.filter(({ rank }) => rank < 2)) + gap;
  const rest = widthOf(kept.filter(({ rank }) => rank >= 2));
  const trendWidth = trendColumns(area.width - trendX - rest - gap - stateWidth);
  const options = { columns: trendWidth, newest: Math.round(trends.endMs / 1000 / trends.columnS) };
  const xOf = (column: Column): number => {
    const before = kept.slice(0, kept.indexOf(column));
    return 1 + widthOf(before) + (column.rank >= 2 && trendWidth > 0 ? trendWidth + gap : 0);
  };
  const stateX = 1 + widthOf(kept) + gap + (trendWidth > 0 ? trendWidth + gap : 0);
  const put = (y: number, cell: (column: Column) => string, ink: Ink): void => {
    for (const column of kept) {
      const text = cell(column);
      area.put(xOf(column), y, column.isText === true ? text : text.padStart(column.width), ink);
    }
  };
  const draw = (y: number, row: Row, { top, join }: { top: number; join?: (values: readonly number[]) => number }) => {
    put(y, (column) => column.cell(row), 'plain');
    area.put(stateX, y, row.state, row.ink);
    if (trendWidth === 0) return;
    const { series } = shortened(row.series, { ...options, ...(join && { join }) });
    const plot = area.part({ x: trendX, y, width: trendWidth, height: 1 });
    drawSeries(plot, series, { top: top > 0 ? top : topOf(series) }, style);
  };

  put(0, ({ title }) => title, 'strong');
  if (trendWidth > 0) area.put(trendX, 0, trendTitle(trends, trendWidth, view.frozen !== undefined), 'strong');
  area.put(stateX, 0, 'state', 'strong');
  const shown = chambers.slice(first, first + count);
  shown.forEach((panel, index) => {
    const row = chamberRow(panel, trends);
    draw(1 + index, row, { top: 0 });
    const isChosen = chambers.length > 1 && panel.chamber === view.choices.chamber;
    if (isChosen) area.put(0, 1 + index, '>', 'strong');
  });
  draw(1 + shown.length, triggerRow(detector), { top: 0 });
  const lag = lagRow(state, trends);
  const y = 2 + shown.length;
  draw(y, { ...lag, state: '' }, { top: 0, join: (values) => Math.max(...values) });
  // What was the most is said in the place of the columns that the lag does not have.
  area.put(stateX - rest, y, lag.state.slice(0, area.width - stateX + rest), lag.ink);
}

function widthOf(list: readonly Column[]): number {
  return list.reduce((sum, { width }) => sum + width, 0);
}

/** The columns for which there is room beside the state. */
function fitting(width: number): readonly Column[] {
  let kept = columns;
  for (let rank = 3; rank > 0 && 1 + widthOf(kept) + gap + stateWidth > width; rank--) {
    kept = kept.filter((column) => column.rank < rank);
  }
  return kept;
}

function trendColumns(room: number): number {
  return room < trendMin ? 0 : Math.min(trendMax, room - (room % 10));
}

function trendTitle({ columnS, all }: TrendsView, width: number, isPast: boolean): string {
  const each = Math.max(1, Math.ceil(all.length / width));
  const span = formatPeriod(Math.min(all.length, width * each) * columnS);
  const title = isPast ? `${span} to it` : `last ${span}`;
  const texts = [`${title}, ${formatPeriod(each * columnS)} a column`, title];
  return texts.find((text) => text.length <= width) ?? '';
}

function topOf(series: Series): number {
  const { top } = plotScale(series.map((value) => value ?? 0));
  return top > 0 ? top : 1;
}

function chamberRow(
  { chamber, hitsPerS, toReference, active, physics, verdict }: ChamberPanel,
  trends: TrendsView,
): Row {
  const width = physics?.drift.box?.width_ns ?? undefined;
  return {
    name: String(chamber),
    rate: rateText(hitsPerS),
    toReference: shareText(toReference),
    series: trends.chambers.at(chamber) ?? [],
    active: active.mean?.toFixed(2) ?? none,
    box: width?.toFixed(1) ?? none,
    state: `${verdict.word.padEnd(7)} ${verdict.at ?? ''}`.trimEnd(),
    ink: verdictInk(verdict),
  };
}

function triggerRow({ trigger, trends }: DetectorView): Row {
  return {
    name: 'trigger',
    rate: rateText(trigger?.rate?.hz),
    toReference: shareText(trigger?.toReference),
    series: trends.trigger,
    ...{ active: '', box: '', state: '', ink: 'plain' as const },
  };
}

function lagRow(state: PageInput['state'], { lag, columnS, endMs }: TrendsView): Row {
  const backlog = backlogSeen(state);
  let worst = -1;
  lag.forEach((rows, index) => {
    if (rows !== undefined && rows > 0 && rows >= (lag[worst] ?? 0)) worst = index;
  });
  const at = endMs - (lag.length - worst) * columnS * 1000;
  return {
    name: 'lag',
    rate: backlog === undefined ? (state.lag.length === 0 ? none : '?') : formatShort(backlog.rows),
    toReference: backlog?.direction ?? '',
    series: lag,
    ...{ active: '', box: '' },
    state: worst < 0 ? '' : `worst ${formatCount(lag[worst] ?? 0)} rows at ${formatClock(at)}`,
    ink: 'plain',
  };
}

function rateText(rate: number | undefined): string {
  return rate === undefined ? none : formatShort(rate);
}

function shareText(share: number | undefined): string {
  return share === undefined ? none : formatShare(share);
}
