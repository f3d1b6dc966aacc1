import { boxCurve } from '../../../physics/box-curve.js';
import type { DriftView } from '../../../views/chamber-view.js';
import type { BoxReference } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { drawLineChart } from '../../draw/line-chart.js';
import type { Style } from '../../draw/style.js';
import { expectedColumns } from './box-panel.js';
import { drawTimeRuler, timeColumns } from './time-box.js';

const scaleWidth = 6;

/** Draws drift times as a line, with the reference below and the fit of both edges above it. */
export function drawBoxChart(
  area: Area,
  { drift, reference }: { readonly drift: DriftView; readonly reference: BoxReference | undefined },
  style: Style,
): void {
  const columns = timeColumns(drift, Math.max(1, area.width - scaleWidth));
  const { counts, first, step } = columns;
  const curve = drift.box === undefined ? [] : boxCurve(drift.histogram, drift.box);
  const fit = counts.map((_, column) => {
    const bins = curve.slice(first + column * step, first + (column + 1) * step);
    return bins.reduce<number | undefined>(
      (sum, bin) => (sum === undefined || bin === undefined ? undefined : sum + bin),
      0,
    );
  });
  const expected = expectedColumns(reference, drift, columns);
  const { columnOf } = drawLineChart(area, {
    lines: [
      ...(expected.length === 0 ? [] : [{ points: expected, ink: 'grid' as const }]),
      { points: counts, ink: 'data' },
      ...(curve.length === 0 ? [] : [{ points: fit, ink: 'strong' as const }]),
    ],
    ...{ low: 0, high: Math.max(1, ...counts, ...expected), scaleWidth },
  });
  const left = columnOf(0);
  // The chart spreads its points over the width: one is wider or narrower than a character.
  const perColumn = counts.length / Math.max(1, area.width - left);
  const ruler = area.part({ x: left, y: area.height - 1, width: area.width - left, height: 1 });
  const columnNs = columns.columnNs * perColumn;
  drawTimeRuler(
    ruler,
    { fromNs: columns.fromNs, columnNs, counts: new Array<number>(area.width - left).fill(0) },
    { drift, style },
  );
}
