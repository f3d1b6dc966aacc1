import { type BoxReference, type ChamberPanel } from '../../../views/detector/detector-view.js';
import type { DriftView } from '../../../views/chamber-view.js';
import { plotScale } from '../../../results/plot-scale.js';
import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { drawExpectedMarks } from '../../draw/expected-marks.js';
import { formatShort } from '../../draw/format.js';
import { drawScaleColumn } from '../../draw/scale-column.js';
import type { Style } from '../../draw/style.js';
import { drawTimeRuler, inColumns, timeColumns } from './time-box.js';

const scaleWidth = 6;

/** Rows from which the distance from the reference has two of its own, below the ruler. */
const residualFrom = 12;
const residualRows = 2;
/** Distance of a full bar, in standard deviations of what is expected. */
export const residualTop = 4;

/** Whether {@link drawBox} has room for the distance from a reference. */
export function hasResiduals({ height }: Pick<Area, 'height'>): boolean {
  return height >= residualFrom;
}

/**
 * Draws the drift times of a chamber with their scale, what the reference expects where they fall short of it, and the
 * fitted edges as brackets on the ruler, which is left out where there are fewer than three rows. Where there is room, the
 * distance from the reference stands below: bars of columns with more hits, then of those with fewer.
 */
export function drawBox(
  area: Area,
  { drift, reference }: { readonly drift: DriftView; readonly reference: BoxReference | undefined },
  style: Style,
): void {
  const below = reference !== undefined && hasResiduals(area) ? residualRows : 0;
  const height = area.height - (area.height >= 3 ? 1 : 0) - below;
  const data = area.part({ x: scaleWidth, y: 0, width: area.width - scaleWidth, height });
  const columns = timeColumns(drift, Math.max(1, data.width));
  const expected = expectedColumns(reference, drift, columns);
  const max = Math.max(1, plotScale(columns.counts).top, ...expected);
  const labels = new Map([
    [height - 1, '0'],
    [0, formatShort(max)],
  ]);
  drawScaleColumn(area.part({ x: 0, y: 0, width: scaleWidth, height }), labels, style);
  const bars = { values: columns.counts, max, columnWidth: 1 };
  drawBars(data, { ...bars, ink: 'data' }, style);
  drawExpectedMarks(data, { ...bars, expected }, style);
  if (below > 0) {
    const rows = area.part({ x: 0, y: area.height - below, width: scaleWidth + columns.counts.length, height: below });
    drawResiduals(rows, { counts: columns.counts, expected, scale: reference?.scale ?? 0 }, style);
  }
  if (height + below === area.height) return;
  const ruler = area.part({ x: scaleWidth, y: height, width: data.width, height: 1 });
  drawTimeRuler(ruler, columns, { drift, style });
  const unit = ' ns';
  if (columns.counts.length + unit.length <= data.width) ruler.put(columns.counts.length, 0, unit);
}

/**
 * Distance from what is expected in standard deviations, by column: above it in the first row, below it in the second.
 * Both counts fluctuate: that of the window, and that of the reference scaled to it.
 */
function drawResiduals(
  area: Area,
  {
    counts,
    expected,
    scale,
  }: { readonly counts: readonly number[]; readonly expected: readonly number[]; readonly scale: number },
  style: Style,
): void {
  const pulls = expected.map((mean, column) => (counts[column] - mean) / Math.sqrt(Math.max(1, mean * (1 + scale))));
  [1, -1].forEach((sign, y) => {
    area.put(0, y, sign > 0 ? ' more' : ' less');
    const row = area.part({ x: scaleWidth, y, width: area.width - scaleWidth, height: 1 });
    const values = pulls.map((pull) => Math.min(residualTop, Math.max(0, sign * pull)));
    drawBars(row, { values, max: residualTop, columnWidth: 1, ink: 'plain' }, style);
  });
}

/** Nothing where the bins of the reference are others. */
export function expectedColumns(
  reference: BoxReference | undefined,
  { histogram }: DriftView,
  columns: ReturnType<typeof timeColumns>,
): number[] {
  if (reference?.counts.length !== histogram.counts.length) return [];
  return inColumns(reference.counts, columns).slice(0, columns.counts.length);
}

/** Columns of minutes. */
export const boxTrendLength = 30;
/** Half of the range in which widths are drawn, in ns. */
const trendReachNs = 20;

/**
 * Draws the width of the box by minute, the newest at the right end: 20 ns to both sides of what is expected, or of the
 * median without a reference.
 */
export function drawBoxTrend(
  area: Area,
  { boxTrend, boxReference }: Pick<ChamberPanel, 'boxTrend' | 'boxReference'>,
  style: Style,
): void {
  const known = boxTrend.filter((width) => width !== undefined).sort((one, other) => one - other);
  if (known.length === 0) {
    area.put(scaleWidth, 0, 'no width yet');
    return;
  }
  const middle = boxReference?.box?.width_ns ?? known[known.length >> 1];
  const low = Math.round((middle - trendReachNs) / 5) * 5;
  const high = low + 2 * trendReachNs;
  const labels = new Map([
    [area.height - 1, String(low)],
    [0, String(high)],
  ]);
  drawScaleColumn(area.part({ x: 0, y: 0, width: scaleWidth, height: area.height }), labels, style);
  const bars = area.part({ x: scaleWidth, y: 0, width: area.width - scaleWidth, height: area.height });
  const columnWidth = Math.max(1, Math.floor(bars.width / boxTrendLength));
  const values = Array.from({ length: boxTrendLength }, (_, column) => {
    const width = boxTrend.at(column - boxTrendLength);
    return width === undefined || column < boxTrendLength - boxTrend.length ? 0 : Math.max(0.01, width - low);
  });
  drawBars(bars, { values, max: high - low, columnWidth, ink: 'data' }, style);
}
