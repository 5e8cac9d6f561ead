import { expect, it } from 'vitest';
import { hilbert } from '../../../src/resources/nearby/hilbert.ts';

it('visits a grid cell by cell, each a neighbour of the one before', () => {
  const side = 32;
  const cells = Array.from({ length: side * side }, (_, i) => {
    const [column, row] = [i % side, Math.floor(i / side)];
    return { column, row, at: hilbert((column + 0.5) / side, (row + 0.5) / side) };
  }).toSorted((a, b) => a.at - b.at);
  for (const [i, cell] of cells.entries()) {
    const before = cells[i - 1];
    if (before === undefined) continue;
    const steps = Math.abs(cell.column - before.column) + Math.abs(cell.row - before.row);
    expect(steps).toBe(1);
  }
});
