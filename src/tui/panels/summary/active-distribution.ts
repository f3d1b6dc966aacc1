import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { formatCount, formatShort } from '../../draw/format.js';
import { drawPlot, drawScale, drawTicks, plotDataWidth } from '../../draw/plot.js';
import type { Style } from '../../draw/style.js';
import { activeBars, foldActive } from '../activity/active-bars.js';

/**
 * Draws how many orbits had n active channels: one bar each for n = 1 … 16, the last for 17 and more. The scale is
 * logarithmic, because one or two channels are a hundred times as frequent as a muon's eight.
 *
 * @param distribution.activeOrbits entry n = orbits with n active channels, 65 entries
 */
export function drawActiveDistribution(
  area: Area,
  distribution: { chamber: number; activeOrbits: Float64Array },
  style: Style,
): void {
  const { chamber, activeOrbits } = distribution;
  const room = plotDataWidth(area.width);
  const columnWidth = Math.max(1, Math.min(5, Math.floor(room / activeBars)));
  const bars = foldActive(activeOrbits);
  const max = bars.reduce((high, orbits) => Math.max(high, orbits), 0);
  const orbits = activeOrbits.reduce((sum, count) => sum + count, 0);
  const mean = activeOrbits.reduce((sum, count, active) => sum + count * active, 0) / Math.max(1, orbits);
  const plot = drawPlot(area, {
    title: [
      `chamber ${chamber}  active channels in ${formatCount(orbits)} orbits`,
      `chamber ${chamber}  ${formatCount(orbits)} orbits`,
      `ch ${chamber} ${formatShort(orbits)} orbits`,
    ],
    note: orbits === 0 ? [] : [`mean ${mean.toFixed(2)}, log scale`, `mean ${mean.toFixed(1)}, log`, 'log'],
  });
  drawScale(plot, { top: formatShort(max), bottom: '1' }, style);
  const logs = bars.map((count) => (count > 0 ? Math.log10(count) + 0.3 : 0));
  drawBars(
    plot.data,
    {
      values: logs,
      max: Math.log10(Math.max(1, max)) + 0.3,
      columnWidth,
      gap: columnWidth > 1,
      ink: 'data',
    },
    style,
  );
  const labelled = columnWidth >= 3 ? bars.map((_, index) => index) : [0, 3, 7, 11, activeBars - 1];
  drawTicks(
    plot,
    [...labelled].map((index) => ({
      column: index * columnWidth,
      label: index === activeBars - 1 ? `${activeBars}+` : String(index + 1),
    })),
  );
}
