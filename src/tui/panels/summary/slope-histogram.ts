import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatShort } from '../../draw/format.js';
import { drawPlot, drawScale, drawTicks, plotDataWidth } from '../../draw/plot.js';
import type { Style } from '../../draw/style.js';

/**
 * Draws the slopes of a chamber's segments from -1 to 1.
 *
 * @param segments.slopes an even number of bins
 */
export function drawSlopes(
  area: Area,
  segments: { readonly chamber: number; readonly slopes: readonly number[] },
  style: Style,
): void {
  const { chamber, slopes } = segments;
  const entries = slopes.reduce((sum, count) => sum + count, 0);
  const room = Math.max(1, plotDataWidth(area.width));
  const values = slopes.length <= room ? slopes : pairs(slopes);
  const columnWidth = Math.max(1, Math.floor(room / values.length));
  const max = Math.max(...values);
  const plot = drawPlot(area, {
    title: [
      `chamber ${chamber}  slopes of ${formatCount(entries)} segments`,
      `ch ${chamber} ${formatShort(entries)} slopes`,
    ],
  });
  drawScale(plot, { top: formatShort(max), bottom: '0' }, style);
  drawBars(plot.data, { values, max, columnWidth, ink: 'data' }, style);
  const end = values.length * columnWidth;
  drawTicks(plot, [
    ...[-1, -0.5, 0, 0.5].map((slope) => ({ column: Math.round((end * (slope + 1)) / 2), label: String(slope) })),
    { column: end - 1, label: '1' },
  ]);
}

function pairs(counts: readonly number[]): number[] {
  return Array.from({ length: counts.length / 2 }, (_, pair) => counts[2 * pair] + counts[2 * pair + 1]);
}
