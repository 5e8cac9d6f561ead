/** Against the largest element of its row, what a pivot must keep; below it, rows say the same twice. */
const SINGULAR = 1e-12;

/**
 * Inverse of a small square matrix by Gauss–Jordan elimination with partial pivoting; undefined when it is
 * singular or not finite.
 */
export const invertMatrix = (matrix: readonly (readonly number[])[]): number[][] | undefined => {
  const n = matrix.length;
  const scale = Math.max(...matrix.flat().map(Math.abs));
  if (!(scale > 0 && Number.isFinite(scale))) return undefined;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const size = (row: readonly number[] | undefined): number => Math.abs(row?.[k] ?? 0);
    const best = rows.reduce((b, row, i) => (i >= k && size(row) > size(rows[b]) ? i : b), k);
    const [pivotRow, displaced] = [rows[best], rows[k]];
    if (pivotRow === undefined || displaced === undefined) return undefined;
    const pivot = pivotRow[k] ?? 0;
    if (Math.abs(pivot) < SINGULAR * scale) return undefined;
    rows[best] = displaced;
    const scaled = pivotRow.map((value) => value / pivot);
    rows.forEach((row, i) => {
      const factor = row[k] ?? 0;
      rows[i] = i === k ? scaled : row.map((value, j) => value - factor * (scaled[j] ?? 0));
    });
  }
  return rows.map((row) => row.slice(n));
};
