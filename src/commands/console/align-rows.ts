import { visibleText } from '../../domain/visible-text.js';
import { alignColumns } from '../../tui/draw/align-columns.js';

/** Columns as wide as they need to be, aligned by the visible text: the first `names` of them are text, the others numbers. */
export function alignRows(rows: readonly (readonly string[])[], names: number): string[] {
  return alignColumns(
    rows.map((row) => row.map(visibleText)),
    (column) => column < names,
  );
}
