import { plotScale } from '../../../results/plot-scale.js';
import type { DetectorView, TrendsView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatClock, formatPeriod, formatShort } from '../../draw/format.js';
import { drawPieces, type Piece } from '../../draw/line.js';
import { drawSeries, type Series } from '../../draw/series.js';
import type { Style } from '../../draw/style.js';
import type { View } from '../../pages/view.js';

/** Columns of the scale: a number of five and its line. */
const scaleWidth = 7;

/** A rate of the detector by time, as it is named on the screen. */
export interface NamedSeries {
  readonly name: string;
  readonly unit: 'hits/s' | '/s' | 'rows';
  readonly values: Series;
}

/** The newest moment of a trend: now, or where the screen stands still. */
export function endText({ frozen }: Pick<View, 'frozen'>): string {
  return frozen === undefined ? 'now' : formatClock(frozen.atMs);
}

/** The trends of a detector by name: all chambers, each chamber, the trigger; and the lag of `process`. */
export function namedTrends({ trends, chambers, trigger }: DetectorView): { rates: NamedSeries[]; lag: NamedSeries } {
  const { all, chambers: ofChambers, trigger: ofTrigger, lag } = trends;
  return {
    rates: [
      { name: 'all chambers', unit: 'hits/s', values: all },
      ...chambers.map(({ chamber }): NamedSeries => {
        return { name: `chamber ${chamber}`, unit: 'hits/s', values: ofChambers.at(chamber) ?? [] };
      }),
      ...(trigger === undefined ? [] : [{ name: 'trigger', unit: '/s', values: ofTrigger } as const]),
    ],
    lag: { name: 'lag', unit: 'rows', values: lag },
  };
}

export interface TrendPanel {
  /** In several lengths, the longest first; so is the note at the right. */
  readonly titles: readonly (readonly Piece[])[];
  readonly notes: readonly (readonly Piece[])[];
  readonly values: Series;
  readonly trends: TrendsView;
  /** Whether the last row says how far back it goes, and the marks. */
  readonly hasAxis: boolean;
  /** What stands at the right end of that row. */
  readonly end: string;
}

/** Draws a rate against time with its scale, the newest column at the right. */
export function drawTrend(area: Area, { titles, notes, values, trends, hasAxis, end }: TrendPanel, style: Style): void {
  drawPieces(area, titles, [...notes, []]);
  const width = area.width - scaleWidth;
  const height = area.height - (hasAxis ? 2 : 1);
  if (width <= 0 || height <= 0) return;
  const shown = values.slice(Math.max(0, values.length - width));
  const { top } = plotScale(shown.map((value) => value ?? 0));
  for (let y = 0; y < height; y++) {
    const label = y === 0 ? formatShort(top) : y === height - 1 ? '0' : '';
    area.put(0, 1 + y, label.padStart(scaleWidth - 1));
    area.put(scaleWidth - 1, 1 + y, style.ascii ? '|' : label === '' ? '│' : '┤', 'grid');
  }
  drawSeries(area.part({ x: scaleWidth, y: 1, width, height }), shown, { top: top === 0 ? 1 : top }, style);
  if (hasAxis) drawTimeAxis(area.part({ x: scaleWidth, y: 1 + height, width, height: 1 }), { trends, end }, style);
}

/** How far back, the marks by their time. */
function drawTimeAxis(
  axis: Area,
  { trends, end }: { readonly trends: TrendsView; readonly end: string },
  { ascii }: Style,
): void {
  const { columnS, marks, all } = trends;
  const { width } = axis;
  const columns = Math.min(width, all.length);
  const start = `-${formatPeriod(columns * columnS)}`;
  axis.put(Math.max(0, width - columns), 0, start);
  axis.put(width - end.length, 0, end);
  let free = Math.max(0, width - columns) + start.length + 1;
  const shift = width - all.length;
  for (const { column, mark } of [...marks].sort((one, other) => one.column - other.column)) {
    const x = column + shift;
    if (x < free || x >= width - end.length - 1) continue;
    const room = width - end.length - 1 - x;
    const sign = ascii ? '|' : '┴';
    const { number, text, atMs } = mark;
    const texts = [
      `${sign}${formatClock(atMs)} ${number} ${text}`,
      `${sign}${formatClock(atMs)} mark ${number}`,
      `${sign}${number}`,
    ];
    const label = texts.find((one) => one.length <= Math.min(room, width / 2)) ?? sign;
    axis.put(x, 0, label);
    free = x + label.length + 1;
  }
}
