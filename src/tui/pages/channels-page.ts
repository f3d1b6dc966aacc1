import type { Area } from '../draw/canvas.js';
import { chamberChannelsOf } from '../panels/chamber-view.js';
import { drawChannelHistogram } from '../panels/channel-histogram.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import { gridCells } from '../draw/grid.js';
import type { Style } from '../draw/style.js';
import type { View } from './view.js';

/** Width at which a histogram has its 64 columns, scale and some room. */
const histogramWidth = 72;

/** The channel histograms as large as they get. */
export function drawChannelsPage(area: Area, state: DashboardState, view: View, style: Style): number {
  const columnsMin = Math.min(2, Math.floor(area.width / histogramWidth));
  const rule = { widthMin: 28, heightMin: 3, columnsMin };
  const cells = gridCells(area, state.totals.chambers.length, rule);
  cells.forEach((cell, chamber) => {
    const inner = { ...cell, height: cell.height >= 12 ? cell.height - 1 : cell.height };
    drawChannelHistogram(area.part(inner), chamberChannelsOf(state, view, chamber), style);
  });
  return cells.length;
}
