/** Below this a pivot of a matrix scaled to a diagonal of 1 is rounding. */
const pivotMin = 1e-13;

/** Inverse of a symmetric positive matrix, scaled to a diagonal of 1 and eliminated; undefined when it has none. */
export function invert(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length;
  const scale = matrix.map((row, i) => 1 / Math.sqrt(row[i]));
  if (!scale.every(Number.isFinite)) return undefined;
  const rows = matrix.map((row, i) => [
    ...row.map((value, k) => value * scale[i] * scale[k]),
    ...row.map((_, k) => Number(i === k)),
  ]);
  for (let k = 0; k < size; k++) {
    const row = rows[k];
    const pivot = row[k];
    if (!(pivot > pivotMin)) return undefined;
    for (let j = 0; j < row.length; j++) row[j] /= pivot;
    for (const other of rows) {
      if (other === row) continue;
      const factor = other[k];
      for (let j = 0; j < row.length; j++) other[j] -= factor * row[j];
    }
  }
  return rows.map((row, i) => row.slice(size).map((value, k) => value * scale[i] * scale[k]));
}
