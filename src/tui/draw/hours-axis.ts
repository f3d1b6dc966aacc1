import type { Area } from './canvas.js';
import { formatClock } from './format.js';

const hourMs = 3_600_000;

/** Draws `07:00` below the first column of each hour. @param of.endMs end of the last column of the area, ms since 1970 */
export function drawHours(axis: Area, { columnS, endMs }: { readonly columnS: number; readonly endMs: number }): void {
  const startMs = endMs - axis.width * 1000 * columnS;
  for (let ms = Math.ceil(startMs / hourMs) * hourMs; ms < endMs; ms += hourMs) {
    const x = Math.floor((ms - startMs) / 1000 / columnS);
    const label = formatClock(ms).slice(0, 5);
    if (x + label.length <= axis.width) axis.put(x, 0, label);
  }
}
