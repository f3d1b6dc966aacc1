import { drawBars } from '../draw/bars.js';
import type { Area } from '../draw/canvas.js';
import { formatShort } from '../draw/format.js';
import type { Ink } from '../draw/ink.js';
import { drawPlot, drawScale, drawTicks, plotDataWidth } from '../draw/plot.js';
import type { Style } from '../draw/style.js';
import { type Trend, recentRate, trendColumns, trendMarks, trendScale } from '../../results/trend.js';

export interface TrendChart {
  readonly trend: Trend;
  /** 0 = all chambers, 1 + n = chamber n. */
  readonly seriesIndex: number;
  readonly name: string;
  readonly note?: readonly string[];
  readonly ink: Ink;
}

/**
 * Draws hits per second against time, one column per second, the newest at the right end. Columns above the scale have
 * an arrow, and the title says how high they are; a line stands where messages are missing or their history changed.
 */
export function drawTrendChart(
  area: Area,
  { trend, seriesIndex, name, note = [], ink }: TrendChart,
  style: Style,
): void {
  const values = trendColumns(trend, seriesIndex, Math.max(0, plotDataWidth(area.width)));
  const { top, max } = trendScale(values);
  const marks = trendMarks(trend, values.length);
  const [arrow, line] = style.ascii ? ['^', ':'] : ['▲', '┊'];
  const title = `${name}  ${rateText(trend, seriesIndex)}`;
  const titles = max > top ? [`${title}  ${arrow} up to ${formatShort(max)}`, title] : [title];
  const plot = drawPlot(area, { title: titles, titleInk: ink, note });
  drawScale(plot, { top: formatShort(top), bottom: '0' }, style);
  for (const column of marks.keys()) {
    for (let row = 0; row < plot.data.height; row++) plot.data.put(column, row, line, 'dim');
  }
  drawBars(plot.data, { values: values.map((value) => Math.min(value, top)), max: top, columnWidth: 1, ink }, style);
  values.forEach((value, column) => {
    if (value > top) plot.data.put(column, 0, arrow, 'warn');
  });
  const end = 'newest';
  drawTicks(plot, [
    { column: 0, label: `-${values.length} s` },
    ...markTicks(marks, { line, width: values.length }),
    { column: values.length - end.length, label: end },
  ]);
}

/** The kind of each mark beside its line, where the next mark and the end leave room for it. */
function markTicks(
  marks: ReturnType<typeof trendMarks>,
  { line, width }: { readonly line: string; readonly width: number },
): { column: number; label: string }[] {
  const columns = [...marks.keys()];
  return [...marks].map(([column, kind], index) => {
    const label = `${line} ${kind}`;
    const next = columns.at(index + 1) ?? width + 1;
    return { column, label: column + label.length < next ? label : line };
  });
}

/** The rate of the last seconds: `1.02k hits/s`. */
function rateText(trend: Trend, seriesIndex: number): string {
  return `${formatShort(recentRate(trend, seriesIndex) ?? 0)} hits/s`;
}
