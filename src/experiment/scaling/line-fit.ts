/**
 * The coefficients c for which `sum_k c[k] * columns[k][i]` comes closest to `values[i]`, by least squares through the
 * normal equations, each column scaled to length 1.
 *
 * @returns undefined when the columns do not tell them apart
 */
export function leastSquares(
  columns: readonly (readonly number[])[],
  values: readonly number[],
): readonly number[] | undefined {
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  if (lengths.some((length) => length === 0)) return undefined;
  const unit = columns.map((column, k) => column.map((value) => value / lengths[k]));
  const rows = unit.map((left) => [...unit.map((right) => dot(left, right)), dot(left, values)]);
  const solved = solve(rows);
  return solved?.map((value, k) => value / lengths[k]);
}

/** Below this a pivot of the scaled equations is rounding. */
const pivotMin = 1e-10;

/** Solves equations, a row each with its right side last, by elimination with the largest pivot first. */
function solve(equations: readonly (readonly number[])[]): number[] | undefined {
  const rows = equations.map((row) => [...row]);
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    if (Math.abs(rows[k][k]) < pivotMin) return undefined;
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= size; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return rows.map((row, k) => row[size] / row[k]);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, i) => sum + value * right[i], 0);
}
