import type { Area } from './canvas.js';
import type { Ink } from './ink.js';
import type { Style } from './style.js';

/** Partly filled cells, from the lowest to the full one. */
const blockLevels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiLevels = ['.', ':', '#'];

export interface Bars {
  readonly values: ArrayLike<number>;
  /** Value of a bar of full height; a higher one ends in `^`. */
  readonly max: number;
  /** Columns a bar takes; the last of them stays empty when `gap` is set. */
  readonly columnWidth: number;
  readonly gap?: boolean;
  readonly ink: Ink;
}

/** Draws bars that stand on the bottom row. A value above zero always shows, a zero never does. */
export function drawBars(area: Area, { values, max, columnWidth, gap = false, ink }: Bars, style: Style): void {
  const levels = style.ascii ? asciiLevels : blockLevels;
  const full = levels.length;
  const width = Math.max(1, columnWidth - (gap ? 1 : 0));
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!(value > 0)) continue;
    const height = Math.min(area.height * full, Math.max(1, Math.round((value / max) * area.height * full)));
    for (let row = 0; row * full < height; row++) {
      const level = Math.min(full, height - row * full);
      area.put(index * columnWidth, area.height - 1 - row, levels[level - 1].repeat(width), ink);
    }
    if (value > max) area.put(index * columnWidth, 0, '^'.repeat(width), 'warn');
  }
}
