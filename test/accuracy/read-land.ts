import { readFile } from 'node:fs/promises';
import type { Land } from './grid-terrain.ts';
import { gridTerrain } from './grid-terrain.ts';

export const readHgtLand = async (file: string): Promise<Land> => {
  const bytes = await readFile(file);
  const side = Math.sqrt(bytes.byteLength / 2);
  const m = /([NS])(\d{2})([EW])(\d{3})/.exec(file)!;
  const south = Number(m[2]),
    west = Number(m[4]);
  const heightsM = new Float32Array(side * side);
  for (let i = 0; i < side * side; i++) {
    const v = bytes.readInt16BE(i * 2);
    heightsM[i] = v === -32768 ? NaN : v;
  }
  const step = 1 / (side - 1);
  return {
    name: file,
    terrain: gridTerrain(
      { west, north: south + 1, stepDeg: [step, step], columns: side, rows: side, heightsM },
      Number(process.env.HS ?? 6),
    ),
    bounds: { west, south, east: west + 1, north: south + 1 },
  };
};
