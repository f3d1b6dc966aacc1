import type { Box } from './canvas.js';

/** Least size of a cell, and most columns that cells stand in before they have to. */
export interface GridRule {
  readonly widthMin: number;
  readonly heightMin: number;
  readonly columnsMin: number;
}

/**
 * Divides an area into equal cells, row by row: `columnsMin` columns, or more where the rows would get too low. As
 * many cells as fit, which may be fewer than `count`.
 */
export function gridCells(area: { width: number; height: number }, count: number, rule: GridRule): Box[] {
  const columnsMax = Math.max(1, Math.floor(area.width / rule.widthMin));
  const rowsMax = Math.max(1, Math.floor(area.height / rule.heightMin));
  let columns = Math.min(columnsMax, Math.max(1, rule.columnsMin), Math.max(1, count));
  while (columns < columnsMax && Math.ceil(count / columns) > rowsMax) columns++;
  const shown = Math.min(count, columns * rowsMax);
  const rows = Math.max(1, Math.ceil(shown / columns));
  const gap = columns > 1 ? 2 : 0;
  const width = Math.floor((area.width - gap * (columns - 1)) / columns);
  const height = Math.floor(area.height / rows);
  return Array.from({ length: shown }, (_, index) => ({
    x: (index % columns) * (width + gap),
    y: Math.floor(index / columns) * height,
    width,
    height,
  }));
}
