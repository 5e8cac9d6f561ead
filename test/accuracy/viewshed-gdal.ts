import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readElevation } from '../../src/terrain/import-tile.ts';
import {
  createTerrain,
  type Eye,
  type GridTerrain,
  lineOfSight,
  profile,
  raycast,
  type Viewshed,
  viewshed,
} from '../../src/terrain/index.ts';
import { createRandom } from '../support/random.ts';
import { tinyGeoTiff, WGS84_KEYS } from '../support/tiny-geotiff.ts';

/**
 * `npm run accuracy:viewshed -- FILE`: our viewsheds against `gdal_viewshed` (Debian: gdal-bin) from random
 * ridges of an elevation file, and how long terrain questions take. Ends with 1 below 97 % away from edges.
 */
const SEED = 20_261_101;
const OBSERVERS = 12;
const RANGE_M = 8_000;
const MAST_M = 25;
const TARGET_M = 2;
const NEEDED = 0.97;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

const gdal = (program: string, args: readonly (string | number)[], input = ''): string => {
  try {
    return execFileSync(program, args.map(String), { input, encoding: 'utf8' });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) throw new Error(`${program} is missing; Debian: apt-get install gdal-bin`);
    throw error;
  }
};

/** Voids would be judged by two conventions: both sides get the same ground, voids filled from the west. */
const filled = (terrain: GridTerrain): GridTerrain => {
  const { raster } = terrain;
  let last = 0;
  const samples = Float32Array.from(raster.samples, (sample) => {
    if (!Number.isNaN(sample) && sample !== -32_768) last = sample;
    return last;
  });
  return createTerrain([{ ...raster, samples, name: 'filled', source: '', heightSigmaM: 6 }]);
};

type Place = { x: number; y: number };

/** The same ground in metres, for GDAL; `toUtm` and back by GDAL too. */
const projected = (terrain: GridTerrain, dir: string) => {
  const { west, north, lonStep, latStep, width, height, samples } = terrain.raster;
  const middle = { lon: west + (width * lonStep) / 2, lat: north - (height * latStep) / 2 };
  const zone = Math.floor((middle.lon + 180) / 6) + 1;
  const epsg = `EPSG:${(middle.lat < 0 ? 32_700 : 32_600) + zone}`;
  const degrees = join(dir, 'degrees.tif');
  const metres = join(dir, 'metres.tif');
  const pixelIsPoint = { ...WGS84_KEYS, 1025: 2 };
  const place = { keys: pixelIsPoint, scale: [lonStep, latStep], tie: [west, north] } as const;
  writeFileSync(
    degrees,
    tinyGeoTiff({
      width,
      height,
      samples: Float32Array.from(samples),
      keys: place.keys,
      scale: [...place.scale],
      tie: [...place.tie],
    }),
  );
  const cellM = terrain.cellM.toFixed(3);
  const warp = ['-q', '-overwrite', '-t_srs', epsg, '-r', 'bilinear', '-tr', cellM, cellM];
  gdal('gdalwarp', [...warp, '-dstnodata', -9_999, degrees, metres]);
  const { geoTransform } = JSON.parse(gdal('gdalinfo', ['-json', metres])) as {
    geoTransform: [number, number, number, number, number, number];
  };
  const transform = (from: string, to: string, { x, y }: Place): Place => {
    const out = gdal('gdaltransform', ['-s_srs', from, '-t_srs', to], `${x} ${y}\n`);
    const [u, v] = out.trim().split(/\s+/).map(Number);
    return { x: u ?? Number.NaN, y: v ?? Number.NaN };
  };
  /** The middle of the pixel a place lies in: GDAL stands there, and so must we. */
  const snap = (lonLat: Place): { utm: Place; lonLat: Place } => {
    const raw = transform('EPSG:4326', epsg, lonLat);
    const [x0, dx, , y0, , dy] = geoTransform;
    const utm = {
      x: x0 + (Math.floor((raw.x - x0) / dx) + 0.5) * dx,
      y: y0 + (Math.floor((raw.y - y0) / dy) + 0.5) * dy,
    };
    return { utm, lonLat: transform(epsg, 'EPSG:4326', utm) };
  };
  return { metres, snap };
};

/** GDAL's answer on our cells, one byte each. */
const gdalViewshed = (dir: string, metres: string, at: Place, ours: Viewshed): Uint8Array => {
  const [seen, warped] = [join(dir, 'seen.tif'), join(dir, 'warped.tif')];
  const place = ['-ox', at.x, '-oy', at.y, '-oz', MAST_M, '-tz', TARGET_M, '-md', RANGE_M];
  // GDAL's curvature coefficient is 1 − k.
  gdal('gdal_viewshed', ['-q', ...place, '-cc', 0.87, metres, seen]);
  const { west, south, east, north, width, height } = ours;
  const box = ['-te', west, south, east, north, '-ts', width, height];
  const plain = ['-t_srs', 'EPSG:4326', '-r', 'near', '-of', 'ENVI'];
  gdal('gdalwarp', ['-q', '-overwrite', ...plain, ...box, seen, warped]);
  return new Uint8Array(readFileSync(warped));
};

type Tally = {
  cells: number;
  same: number;
  /** Seen by GDAL. */
  seen: number;
  inner: number;
  innerSame: number;
  innerSeen: number;
  innerSeenByBoth: number;
};

const nothing = (): Tally => ({
  cells: 0,
  same: 0,
  seen: 0,
  inner: 0,
  innerSame: 0,
  innerSeen: 0,
  innerSeenByBoth: 0,
});

/** Cells away from edges have, in GDAL's answer, eight neighbours like themselves. */
const compare = (
  ours: Viewshed,
  theirs: Uint8Array,
  isInRange: (cell: number) => boolean,
): Tally => {
  const { width, height, bits } = ours;
  const tally = nothing();
  const theirsAt = (cell: number): boolean => (theirs[cell] ?? 0) > 127;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const cell = row * width + column;
      if (!isInRange(cell)) continue;
      const gdals = theirsAt(cell);
      const same = (((bits[cell >> 3] ?? 0) >> (7 - (cell & 7))) & 1) === (gdals ? 1 : 0);
      const around = [-width - 1, -width, 1 - width, -1, 1, width - 1, width, width + 1];
      const inner = around.every((offset) => theirsAt(cell + offset) === gdals);
      tally.cells += 1;
      if (gdals) tally.seen += 1;
      if (same) tally.same += 1;
      if (inner) tally.inner += 1;
      if (inner && same) tally.innerSame += 1;
      if (inner && gdals) tally.innerSeen += 1;
      if (inner && gdals && same) tally.innerSeenByBoth += 1;
    }
  }
  return tally;
};

/** Random places higher than all around within 500 m: where towers stand. */
const ridges = (terrain: GridTerrain): Eye[] => {
  const { west, north, lonStep, latStep, width, height } = terrain.raster;
  const random = createRandom(SEED);
  const margin = (RANGE_M * 1.3) / 111_000;
  const marginLon = margin / Math.cos((north * Math.PI) / 180);
  const found: Eye[] = [];
  for (let tries = 0; found.length < OBSERVERS && tries < 200_000; tries++) {
    const lon = west + marginLon + random() * ((width - 1) * lonStep - 2 * marginLon);
    const lat = north - margin - random() * ((height - 1) * latStep - 2 * margin);
    const heightM = terrain.elevationM(lon, lat);
    const higher = Array.from({ length: 16 }, (_, i) => {
      const [a, d] = [(i * Math.PI) / 8, i % 2 === 0 ? 250 : 500];
      const dLat = (Math.cos(a) * d) / 111_000;
      const dLon = (Math.sin(a) * d) / 111_000 / Math.cos((lat * Math.PI) / 180);
      return terrain.elevationM(lon + dLon, lat + dLat) >= heightM;
    }).filter(Boolean).length;
    // A summit, or a crest that runs on both ways.
    if (higher <= 2) found.push({ lon, lat, heightM });
  }
  if (found.length === 0) throw new Error(`no ridge with ${RANGE_M} m of data around it`);
  return found;
};

const compareAll = (terrain: GridTerrain, dir: string): boolean => {
  const { metres, snap } = projected(terrain, dir);
  const sum = nothing();
  for (const [i, ridge] of ridges(terrain).entries()) {
    const { utm, lonLat } = snap({ x: ridge.lon, y: ridge.lat });
    const heightM = terrain.elevationM(lonLat.x, lonLat.y) + MAST_M;
    const eye = { lon: lonLat.x, lat: lonLat.y, heightM };
    const ours = viewshed(terrain, eye, { rangeM: RANGE_M, targetHeightM: TARGET_M });
    const theirs = gdalViewshed(dir, metres, utm, ours);
    const tally = compare(ours, theirs, inRange(ours, eye));
    for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
    say(
      `  ${String(i + 1).padStart(2)}  ${eye.lon.toFixed(4)}, ${eye.lat.toFixed(4)}, ${heightM.toFixed(0)} m: GDAL sees ${percent(tally.seen / tally.cells)}, all cells ${percent(tally.same / tally.cells)}, away from edges ${percent(tally.innerSame / tally.inner)}`,
    );
  }
  const agreement = sum.innerSame / sum.inner;
  say(
    `agreement with gdal_viewshed: ${percent(agreement)} of ${sum.inner} cells away from edges, ${percent(sum.same / sum.cells)} of all ${sum.cells}; of ${sum.innerSeen} that GDAL sees away from edges, we see ${percent(sum.innerSeenByBoth / sum.innerSeen)}`,
  );
  return agreement >= NEEDED;
};

/** Well inside the range: at its rim the two grids differ by a cell. */
const inRange = (seen: Viewshed, eye: Eye) => {
  const [lonStep, latStep] = [
    (seen.east - seen.west) / seen.width,
    (seen.north - seen.south) / seen.height,
  ];
  return (cell: number): boolean => {
    const lon = seen.west + ((cell % seen.width) + 0.5) * lonStep;
    const lat = seen.north - (Math.floor(cell / seen.width) + 0.5) * latStep;
    const east = (lon - eye.lon) * Math.cos((eye.lat * Math.PI) / 180) * 111_320;
    return Math.hypot(east, (lat - eye.lat) * 111_200) < RANGE_M * 0.98;
  };
};

/** Mean of many, after as many to warm up; milliseconds. */
const timed = (times: number, run: (i: number) => unknown): number => {
  for (let i = 0; i < times; i++) run(i);
  const start = performance.now();
  for (let i = 0; i < times; i++) run(i);
  return (performance.now() - start) / times;
};

const bench = (terrain: GridTerrain): void => {
  const { west, north, lonStep, latStep, width, height } = terrain.raster;
  const [lon, lat] = [west + (width * lonStep) / 2, north - (height * latStep) / 2];
  // Over everything, so that each ray goes all the way.
  const eye = { lon, lat, heightM: terrain.maxHeightM + 300 };
  const random = createRandom(SEED);
  const places = Array.from({ length: 65_536 }, () => ({
    lon: west + random() * (width - 1) * lonStep,
    lat: north - random() * (height - 1) * latStep,
  }));
  let sum = 0;
  const samples = timed(20, () => {
    for (const place of places) sum += terrain.elevationM(place.lon, place.lat);
  });
  const look = { elevationDeg: 0, maxRangeM: 15_000 };
  const ray = timed(2_000, (i) => raycast(terrain, eye, { ...look, azimuthDeg: i % 360 }));
  const ground = timed(2_000, (i) => profile(terrain, eye, i % 360, { maxRangeM: 15_000 }));
  const cameras = places.slice(0, 139).map((place) => ({
    ...place,
    heightM: terrain.elevationM(place.lon, place.lat) + 30,
  }));
  const sights = timed(20, () => {
    for (const camera of cameras) lineOfSight(terrain, camera, { lon, lat }, 20);
  });
  const seen = timed(3, () => viewshed(terrain, eye, { rangeM: 15_000, targetHeightM: 0 }));
  say(`times on ${cpus()[0]?.model ?? 'this machine'}, cells of ${terrain.cellM.toFixed(0)} m:`);
  say(`  elevationM, random places  ${((samples / places.length) * 1e6).toFixed(0)} ns`);
  say(`  ray of 15 km               ${(ray * 1e3).toFixed(0)} µs`);
  say(`  profile of 15 km           ${(ground * 1e3).toFixed(0)} µs`);
  say(`  139 lines of sight         ${sights.toFixed(1)} ms`);
  say(`  viewshed of 15 km          ${seen.toFixed(0)} ms`);
  if (Number.isFinite(sum)) say(`  (mean height ${(sum / places.length / 40).toFixed(0)} m)`);
};

const main = async (): Promise<void> => {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('which file? npm run accuracy:viewshed -- FILE');
  const terrain = createTerrain([{ ...(await readElevation(file)), name: 'file' }]);
  const dir = mkdtempSync(join(tmpdir(), 'fengsui-gdal-'));
  try {
    say(
      `${OBSERVERS} ridges, seed ${SEED}, eye ${MAST_M} m and target ${TARGET_M} m above ground, ${RANGE_M} m, k 0.13`,
    );
    const good = compareAll(filled(terrain), dir);
    bench(terrain);
    if (!good) throw new Error(`the agreement is below ${percent(NEEDED)}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
