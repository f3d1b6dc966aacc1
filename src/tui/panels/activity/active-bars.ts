import { drawBars } from '../../draw/bars.js';
import type { Area } from '../../draw/canvas.js';
import { drawExpectedMarks } from '../../draw/expected-marks.js';
import { decadeLabels, type LogScale, logScaleOf, logShare } from '../../draw/log-scale.js';
import { drawScaleColumn } from '../../draw/scale-column.js';
import type { Style } from '../../draw/style.js';

/** Bars 1 … 16, and one for all above. */
export const activeBars = 17;
const scaleWidth = 6;
/** `17+` below bars of one column. */
const numberOverhang = 2;

/** Columns that bars of some width take with their scale. */
export function activeBarsWidth(columnWidth: number): number {
  return scaleWidth + activeBars * columnWidth + numberOverhang;
}

/** Orbits by number of active channels: entry 0 = one of them, the last entry = 17 and more. */
export function foldActive(orbits: ArrayLike<number>): number[] {
  const bars = new Array<number>(activeBars).fill(0);
  for (let active = 1; active < orbits.length; active++) bars[Math.min(active, activeBars) - 1] += orbits[active];
  return bars;
}

/** The scale of a chamber's orbits and of what is expected of them. */
export function activeScale(orbits: Float64Array, expected: Float64Array | undefined): LogScale {
  return logScaleOf(Math.max(...foldActive(orbits), ...(expected === undefined ? [] : foldActive(expected))));
}

/**
 * Draws orbits by number of active channels on a logarithmic scale with its decades, and a row of numbers below where
 * there are five rows or more.
 *
 * @param active.expected drawn as lines where the orbits fall short of it
 */
export function drawActiveBars(
  area: Area,
  active: {
    readonly orbits: Float64Array;
    readonly expected: Float64Array | undefined;
    readonly scale: LogScale;
    readonly columnWidth: number;
  },
  style: Style,
): void {
  const { scale, columnWidth } = active;
  const height = area.height - (area.height >= 4 ? 1 : 0);
  const bars = area.part({ x: scaleWidth, y: 0, width: activeBars * columnWidth, height });
  drawScaleColumn(area.part({ x: 0, y: 0, width: scaleWidth, height }), decadeLabels(height, scale), style);
  const shares = (orbits: Float64Array): number[] => foldActive(orbits).map((count) => logShare(count, scale));
  const drawn = { values: shares(active.orbits), max: 1, columnWidth, gap: columnWidth > 2 };
  drawBars(bars, { ...drawn, ink: 'data' }, style);
  if (active.expected !== undefined) drawExpectedMarks(bars, { ...drawn, expected: shares(active.expected) }, style);
  if (height < area.height)
    drawNumbers(area.part({ x: scaleWidth, y: height, width: area.width, height: 1 }), columnWidth);
}

/** Each number where a bar has three columns, else four of them. */
function drawNumbers(area: Area, columnWidth: number): void {
  const numbers =
    columnWidth >= 3 ? Array.from({ length: activeBars }, (_, index) => index + 1) : [1, 4, 8, 12, activeBars];
  for (const number of numbers) {
    const label = number === activeBars ? `${number}+` : String(number);
    area.put((number - 1) * columnWidth, 0, label);
  }
}
