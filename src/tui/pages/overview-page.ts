import type { Area } from '../draw/canvas.js';
import { chamberChannelsOf, drawChannelHistogram } from '../panels/channel-histogram.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import { formatCount, formatShort } from '../draw/format.js';
import { gridCells } from '../draw/grid.js';
import type { Style } from '../draw/style.js';
import { drawTrendChart } from '../panels/trend-chart.js';
import { isCurrent } from '../panels/feed.js';
import type { View } from './view.js';

/** Height from which the trend of all hits has an axis; below, the chambers need the row. */
const heightWithAxis = 12;

/** Width from which a chamber's trend and a 64-column histogram stand side by side. */
const wideMin = 104;

/** All hits as a trend, and a block a chamber: its trend and its channel histogram. */
export function drawOverviewPage(area: Area, state: DashboardState, view: View, style: Style): number {
  const { width, height } = area;
  const trendRows = Math.max(height < heightWithAxis ? 3 : 4, Math.round(height * 0.26));
  const total = area.part({ x: 0, y: 0, width, height: trendRows });
  const { hits, orbits } = state.totals;
  const inOrbits = orbits === 0 ? '' : ` in ${formatCount(orbits)} orbits`;
  const note = [`${formatCount(hits)} hits${inOrbits}`, `${formatShort(hits)} hits`];
  const current = isCurrent(state, view.nowMs);
  const chart = { trend: state.trend, seriesIndex: 0, name: 'all chambers', note, isCurrent: current };
  drawTrendChart(total, chart, style);
  const below = area.part({ x: 0, y: trendRows, width, height: height - trendRows });
  const count = state.totals.chambers.length;
  const wide = gridCells(below, count, { widthMin: wideMin, heightMin: 3, columnsMin: 1 });
  const isWide = width >= wideMin && wide.length === count;
  const cells = isWide ? wide : gridCells(below, count, { widthMin: 28, heightMin: 4, columnsMin: 2 });
  const drawChamber = isWide ? drawWideChamber : drawNarrowChamber;
  cells.forEach((cell, chamber) => {
    drawChamber(below.part(cell), { state, view, chamber, style });
  });
  return cells.length;
}

interface ChamberBlock {
  readonly state: DashboardState;
  readonly view: View;
  readonly chamber: number;
  readonly style: Style;
}

/** The trend above the histogram. */
function drawNarrowChamber(area: Area, block: ChamberBlock): void {
  const { width, height } = area;
  const trendRows = height < 8 ? Math.min(2, height - 2) : Math.round(height * 0.36);
  drawChamberTrend(area.part({ x: 0, y: 0, width, height: trendRows }), block);
  const below = area.part({ x: 0, y: trendRows, width, height: height - trendRows });
  drawChannelHistogram(below, chamberChannelsOf(block.state, block.view, block.chamber), block.style);
}

/** The trend beside the histogram, which has all its 64 columns, each two characters wide where there is room. */
function drawWideChamber(area: Area, block: ChamberBlock): void {
  const height = area.height >= 9 ? area.height - 1 : area.height;
  const width = area.width >= 196 ? 134 : 70;
  drawChamberTrend(area.part({ x: 0, y: 0, width: area.width - width - 2, height }), block);
  const right = area.part({ x: area.width - width, y: 0, width, height });
  drawChannelHistogram(right, chamberChannelsOf(block.state, block.view, block.chamber), block.style);
}

function drawChamberTrend(area: Area, { state, view, chamber, style }: ChamberBlock): void {
  const chart = {
    trend: state.trend,
    seriesIndex: chamber + 1,
    name: `chamber ${chamber}`,
    isCurrent: isCurrent(state, view.nowMs),
  };
  drawTrendChart(area, chart, style);
}
