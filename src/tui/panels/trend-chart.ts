import { drawBars } from '../draw/bars.js';
import type { Area } from '../draw/canvas.js';
import { formatShort } from '../draw/format.js';
import type { Ink } from '../draw/ink.js';
import { drawPlot, drawScale, drawTicks, plotDataWidth } from '../draw/plot.js';
import type { Style } from '../draw/style.js';
import { type Trend, recentRate, trendColumns } from '../../results/trend.js';

export interface TrendChart {
  readonly trend: Trend;
  /** 0 = all chambers, 1 + n = chamber n. */
  readonly seriesIndex: number;
  readonly name: string;
  readonly note?: readonly string[];
  readonly ink: Ink;
}

/** Draws hits per second against time, one column per second, the newest at the right end. */
export function drawTrendChart(
  area: Area,
  { trend, seriesIndex, name, note = [], ink }: TrendChart,
  style: Style,
): void {
  const values = trendColumns(trend, seriesIndex, Math.max(0, plotDataWidth(area.width)));
  const max = values.reduce((high, value) => Math.max(high, value), 0);
  const plot = drawPlot(area, { title: [`${name}  ${rateText(trend, seriesIndex)}`], titleInk: ink, note });
  drawScale(plot, { top: formatShort(max), bottom: '0' }, style);
  drawBars(plot.data, { values, max, columnWidth: 1, ink }, style);
  const end = 'newest';
  drawTicks(plot, [
    { column: 0, label: `-${values.length} s` },
    { column: values.length - end.length, label: end },
  ]);
}

/** The rate of the last seconds: `1.02k hits/s`. */
function rateText(trend: Trend, seriesIndex: number): string {
  return `${formatShort(recentRate(trend, seriesIndex) ?? 0)} hits/s`;
}
