import type { Area } from './canvas.js';
import type { Style } from './style.js';

/** Draws a line at the height of what is expected where a bar does not reach that row. */
export function drawExpectedMarks(
  area: Area,
  bars: {
    readonly values: ArrayLike<number>;
    readonly expected: ArrayLike<number>;
    /** Value of a bar of full height. */
    readonly max: number;
    readonly columnWidth: number;
    readonly gap?: boolean;
  },
  style: Style,
): void {
  const { values, expected, max, columnWidth, gap = false } = bars;
  const sign = (style.ascii ? '-' : '─').repeat(Math.max(1, columnWidth - (gap ? 1 : 0)));
  const rowOf = (value: number): number => Math.ceil(Math.min(1, value / max) * area.height - 1e-9);
  for (let index = 0; index < expected.length; index++) {
    const row = rowOf(expected[index]);
    if (row > 0 && row > rowOf(values[index])) area.put(index * columnWidth, area.height - row, sign);
  }
}
