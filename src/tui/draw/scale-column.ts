import type { Area } from './canvas.js';
import type { Style } from './style.js';

/** Draws a vertical axis over the whole area: labels by row at the left of the line, which is the last column. */
export function drawScaleColumn(area: Area, labels: ReadonlyMap<number, string>, style: Style): void {
  for (let y = 0; y < area.height; y++) {
    const label = labels.get(y);
    area.put(0, y, (label ?? '').padStart(area.width - 1));
    area.put(area.width - 1, y, style.ascii ? '|' : label === undefined ? '│' : '┤', 'grid');
  }
}
