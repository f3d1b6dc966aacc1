import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { formatShort } from '../../draw/format.js';
import { drawPlot, drawScale, drawTicks, plotDataWidth } from '../../draw/plot.js';
import type { Style } from '../../draw/style.js';
import { plotScale } from '../../../results/plot-scale.js';
import { type Trend, recentRate, trendColumns, trendMarks } from '../../../results/trend.js';

export interface TrendChart {
  readonly trend: Trend;
  /** 0 = all chambers, 1 + n = chamber n. */
  readonly seriesIndex: number;
  readonly name: string;
  readonly note?: readonly string[];
  /** Whether rates are those of now: no message is overdue. */
  readonly isCurrent: boolean;
}

/**
 * Draws hits per second against time, one column per second, the newest at the right end. Columns above the scale have
 * an arrow, and the title says how high they are; a line stands where messages are missing or their history changed.
 */
export function drawTrendChart(
  area: Area,
  { trend, seriesIndex, name, note = [], isCurrent }: TrendChart,
  style: Style,
): void {
  const values = trendColumns(trend, seriesIndex, Math.max(0, plotDataWidth(area.width)));
  const { top, max } = plotScale(values);
  const marks = trendMarks(trend, values.length);
  const line = style.ascii ? ':' : '┊';
  const title = `${name}  ${isCurrent ? formatShort(recentRate(trend, seriesIndex) ?? 0) : '–'} hits/s`;
  const titles = max > top ? [`${title}  ^ up to ${formatShort(max)}`, title] : [title];
  const plot = drawPlot(area, { title: titles, note });
  drawScale(plot, { top: formatShort(top), bottom: '0' }, style);
  for (const column of marks.keys()) {
    for (let row = 0; row < plot.data.height; row++) plot.data.put(column, row, line, 'grid');
  }
  drawBars(plot.data, { values, max: top, columnWidth: 1, ink: 'data' }, style);
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
