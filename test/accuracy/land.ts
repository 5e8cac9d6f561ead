import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createCounty } from '../../src/demo/county.ts';
import type { LonLat } from '../../src/shared/geo.ts';
import type { Random } from '../../src/shared/random.ts';
import { createTerrain, type Eye, type Terrain, type Tile } from '../../src/terrain/index.ts';
import { readGeoTiff } from '../../src/terrain/read-geotiff.ts';
import { readHgt } from '../../src/terrain/read-hgt.ts';

export type Bounds = { west: number; south: number; east: number; north: number };

/** A part of the world to simulate in: the ground as it is, and the elevation data a fix is made with. */
export type Land = { name: string; ground: Terrain; data: Terrain; bounds: Bounds };

const M_PER_DEG = 111_320;
/** Whole arc-seconds, as SRTM has: 93 m. */
const CELL_DEG = 3 / 3_600;

/** Ground from a file of elevations, taken as true. */
export const landFromFile = async (file: string): Promise<{ land: Land; tile: Tile }> => {
  const tile = file.toLowerCase().endsWith('.hgt')
    ? readHgt(file, await readFile(file))
    : await readGeoTiff(file);
  const { west, north, width, height, lonStep, latStep } = tile;
  const bounds = {
    west,
    north,
    east: west + (width - 1) * lonStep,
    south: north - (height - 1) * latStep,
  };
  const terrain = createTerrain([tile]);
  return { land: { name: basename(file), ground: terrain, data: terrain, bounds }, tile };
};

/** The same elevation data, over ground that differs from it by its own σ: in patches of about three cells. */
export const withDataErrors = (land: Land, tile: Tile, random: Random): Land => {
  const { width, height, heightSigmaM } = tile;
  const noise = Float32Array.from({ length: width * height }, () => random.normal());
  const samples = Float32Array.from(tile.samples, (sample, i) => {
    let sum = 0;
    for (let row = -1; row <= 1; row++) {
      for (let column = -1; column <= 1; column++) sum += noise[i + row * width + column] ?? 0;
    }
    // Nine values of σ 1 have a mean of σ 1/3.
    return sample + (heightSigmaM * sum) / 3;
  });
  const ground = createTerrain([{ ...tile, samples }]);
  return { ...land, ground };
};

/** The demo's hills, and elevation data of 3″ taken from them. */
export const demoLand = (seed: number): Land & { masts: Eye[] } => {
  const { terrain, cameras } = createCounty(seed);
  const bounds = { west: 112.9, south: 26.1, east: 113.8, north: 27.05 };
  const width = Math.round((bounds.east - bounds.west) / CELL_DEG) + 1;
  const height = Math.round((bounds.north - bounds.south) / CELL_DEG) + 1;
  const samples = Float32Array.from({ length: width * height }, (_, i) =>
    terrain.heightM([
      bounds.west + (i % width) * CELL_DEG,
      bounds.north - Math.floor(i / width) * CELL_DEG,
    ]),
  );
  const data = createTerrain([
    {
      name: 'demo',
      source: 'demo',
      west: bounds.west,
      north: bounds.north,
      lonStep: CELL_DEG,
      latStep: CELL_DEG,
      width,
      height,
      samples,
      heightSigmaM: 6,
    },
  ]);
  const ground: Terrain = { ...data, elevationM: (lon, lat) => terrain.heightM([lon, lat]) };
  const masts = cameras.map(({ at: [lon, lat], groundHeightM, mountHeightM }) => ({
    lon,
    lat,
    heightM: groundHeightM + mountHeightM,
  }));
  return { name: `demo county, seed ${seed}`, ground, data, bounds, masts };
};

/** A place in `bounds`, evenly by area, at least `marginM` inside. */
export const placeIn = ({ bounds }: Land, random: Random, marginM: number): LonLat => {
  const RAD = Math.PI / 180;
  const [south, north] = [Math.sin(bounds.south * RAD), Math.sin(bounds.north * RAD)];
  const marginLat = marginM / M_PER_DEG;
  for (;;) {
    const lat = Math.asin(random.between(south, north)) / RAD;
    const marginLon = marginLat / Math.cos(lat * RAD);
    const lon = random.between(bounds.west, bounds.east);
    const inside =
      lat - marginLat > bounds.south &&
      lat + marginLat < bounds.north &&
      lon - marginLon > bounds.west &&
      lon + marginLon < bounds.east;
    if (inside) return [lon, lat];
  }
};
