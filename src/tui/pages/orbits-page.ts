import { drawActiveDistribution } from '../panels/active-distribution.js';
import type { Area } from '../draw/canvas.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import { gridCells } from '../draw/grid.js';
import { type OrbitView, orbitPointsMax, orbitView } from '../../results/orbit-points.js';
import { drawOrbitScatter } from '../panels/orbit-scatter.js';
import { plotDataWidth } from '../draw/plot.js';
import type { Style } from '../draw/style.js';

/** Bounds of the top of the scatter's scale: a straight muon makes eight active channels at most, a shower many. */
const activeTop = { min: 8, max: 24 };
/** Points drawn a column of a scatter; more of them merge into a block. */
const pointsPerColumn = 8;

/** A row a chamber: how many channels were active in an orbit, and the same against the orbit number. */
export function drawOrbitsPage(area: Area, state: DashboardState, style: Style): number {
  const cells = gridCells(area, state.totals.chambers.length, { widthMin: 56, heightMin: 3, columnsMin: 1 });
  if (cells.length === 0) return 0;
  const scatterWidth = plotDataWidth(cells[0].width - 2 - Math.floor((cells[0].width - 2) / 2));
  const pointsMax = Math.min(orbitPointsMax, scatterWidth * pointsPerColumn);
  const view = orbitView(state.orbits, { run: state.newest?.run ?? 0, pointsMax });
  cells.forEach((cell, chamber) => {
    const height = cell.height >= 9 ? cell.height - 1 : cell.height;
    const left = Math.floor((cell.width - 2) / 2);
    const { activeOrbits } = state.totals.chambers[chamber];
    const distribution = area.part({ ...cell, width: left, height });
    drawActiveDistribution(distribution, { chamber, activeOrbits }, style);
    const right = area.part({ x: cell.x + left + 2, y: cell.y, width: cell.width - left - 2, height });
    drawScatter(right, { view, chamber, orbitDetail: state.newest?.orbitDetail, style });
  });
  return cells.length;
}

function drawScatter(
  area: Area,
  scatter: { view: OrbitView | undefined; chamber: number; orbitDetail: string | undefined; style: Style },
): void {
  const { view, chamber, orbitDetail, style } = scatter;
  if (view === undefined) {
    area.put(0, 0, 'active channels against orbit');
    area.put(
      0,
      1,
      orbitDetail === 'omitted' ? 'left out of the messages: too long, see --orbit-detail' : 'not in the messages',
    );
    return;
  }
  const { first, last, span, chambers } = view;
  const all = chambers.flat();
  const high = all.reduce((most, { active }) => Math.max(most, active), activeTop.min);
  const activeMax = Math.min(high, activeTop.max);
  const points = chamber < chambers.length ? chambers[chamber] : [];
  drawOrbitScatter(area, { chamber, points, first, last, span, activeMax }, style);
}
