/** Lines of cells in columns as wide as they need to be: text at the left of its column, numbers at the right. */
export function alignColumns(rows: readonly (readonly string[])[], isText: (column: number) => boolean): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return rows.map(line);
}
