import type { Area } from '../draw/canvas.js';
import { chamberChannelsOf, drawChannelHistogram } from '../panels/channel-histogram.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import { outliers } from '../../results/outliers.js';
import { outlierText } from '../panels/outlier-lines.js';
import { gridCells } from '../draw/grid.js';
import type { Style } from '../draw/style.js';
import type { View } from './view.js';

/** Width at which a histogram has its 64 columns, scale and some room. */
const histogramWidth = 72;

/** Channels that stand out, named below the histograms, and the height from which there is room for them. */
const outliersMax = 64;
const heightWithOutliers = 16;

/** The channel histograms as large as they get. */
export function drawChannelsPage(area: Area, state: DashboardState, view: View, style: Style): number {
  const channels = state.totals.chambers.map((_, chamber) => chamberChannelsOf(state, view, chamber));
  // The last row is for outliers, where there is one to spare.
  const height = area.height >= heightWithOutliers ? area.height - 1 : area.height;
  if (height < area.height) {
    const hits = channels.map((channel) => channel.hits);
    area.put(0, height, outlierText(outliers(hits, outliersMax), area.width, style.ascii ? 'x' : '×'));
  }
  const columnsMin = Math.min(2, Math.floor(area.width / histogramWidth));
  const rule = { widthMin: 28, heightMin: 3, columnsMin };
  const cells = gridCells({ width: area.width, height }, channels.length, rule);
  cells.forEach((cell, chamber) => {
    const inner = { ...cell, height: cell.height >= 12 ? cell.height - 1 : cell.height };
    drawChannelHistogram(area.part(inner), channels[chamber], style);
  });
  return cells.length;
}
