import { visibleText } from '../../domain/visible-text.js';

/** Columns as wide as they need to be: the first `names` of them are text, the others numbers. */
export function alignRows(rows: readonly (readonly string[])[], names: number): string[] {
  // Aligned by the visible text.
  const cells = rows.map((row) => row.map(visibleText));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < names ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return cells.map(line);
}
