import { area, bbox, booleanPointInPolygon, intersect, voronoi } from '@turf/turf';
import type { LonLat } from '../shared/geo.ts';
import {
  type Feature,
  feature,
  featureCollection,
  type MultiPolygon,
  type Polygon,
  type Position,
  round6,
} from './geojson.ts';

export type RegionProperties = {
  id: string;
  name: string;
  level: 'county' | 'township';
  parentId?: string;
  code: string;
};
export type Region = Feature<Polygon | MultiPolygon, RegionProperties>;
export type Bounds = { west: number; south: number; east: number; north: number };
export type Township = {
  id: string;
  name: string;
  seat: LonLat;
  region: Region;
  bounds: Bounds;
};

export const COUNTY_ID = '431028';

/** The county's shape by hand, to about a kilometre: right for a demo, wrong for any boundary question. */
const OUTLINE: readonly Position[] = [
  [113.12, 26.77],
  [113.16, 26.81],
  [113.21, 26.84],
  [113.26, 26.83],
  [113.3, 26.8],
  [113.36, 26.82],
  [113.42, 26.79],
  [113.43, 26.73],
  [113.41, 26.68],
  [113.42, 26.63],
  [113.47, 26.59],
  [113.53, 26.6],
  [113.57, 26.57],
  [113.6, 26.51],
  [113.59, 26.44],
  [113.6, 26.37],
  [113.59, 26.3],
  [113.54, 26.29],
  [113.5, 26.34],
  [113.44, 26.37],
  [113.39, 26.4],
  [113.33, 26.42],
  [113.27, 26.45],
  [113.21, 26.49],
  [113.17, 26.53],
  [113.15, 26.58],
  [113.17, 26.63],
  [113.16, 26.68],
  [113.12, 26.71],
  [113.09, 26.74],
];

/** Names and codes are the official ones; the seats are approximate. */
const TOWNSHIPS: readonly { code: string; name: string; seat: LonLat }[] = [
  { code: '431028101', name: '安平镇', seat: [113.2, 26.79] },
  { code: '431028102', name: '龙海镇', seat: [113.45, 26.49] },
  { code: '431028105', name: '灵官镇', seat: [113.22, 26.59] },
  { code: '431028106', name: '永乐江镇', seat: [113.27, 26.71] },
  { code: '431028107', name: '金紫仙镇', seat: [113.54, 26.41] },
  { code: '431028201', name: '龙市乡', seat: [113.36, 26.66] },
  { code: '431028204', name: '渡口乡', seat: [113.21, 26.66] },
  { code: '431028205', name: '华王乡', seat: [113.22, 26.53] },
  { code: '431028206', name: '牌楼乡', seat: [113.15, 26.74] },
  { code: '431028207', name: '平背乡', seat: [113.31, 26.6] },
  { code: '431028209', name: '承坪乡', seat: [113.37, 26.53] },
  { code: '431028210', name: '竹山乡', seat: [113.3, 26.5] },
  { code: '431028214', name: '洋际乡', seat: [113.35, 26.76] },
];

const county: Feature<Polygon, RegionProperties> = feature(
  { type: 'Polygon', coordinates: [[...OUTLINE, [113.12, 26.77]]] },
  { id: COUNTY_ID, name: '安仁县', level: 'county', code: COUNTY_ID },
);

const rounded = (geometry: Polygon | MultiPolygon): Polygon | MultiPolygon => {
  const ring = (positions: Position[]): Position[] =>
    positions.map(([lon, lat]) => [round6(lon), round6(lat)]);
  return geometry.type === 'Polygon'
    ? { type: 'Polygon', coordinates: geometry.coordinates.map(ring) }
    : { type: 'MultiPolygon', coordinates: geometry.coordinates.map((rings) => rings.map(ring)) };
};

/** The county and its townships. A township is what lies nearer to its seat than to any other. */
export const createRegions = (): { county: Region; townships: Township[] } => {
  const seats = featureCollection(
    TOWNSHIPS.map(({ seat }) => feature({ type: 'Point' as const, coordinates: [...seat] }, {})),
  );
  const cells = voronoi(seats, { bbox: [112.9, 26.1, 113.8, 27] }).features;
  const townships = TOWNSHIPS.map(({ code, name, seat }, i) => {
    const cell = cells[i];
    const clipped = cell === undefined ? null : intersect(featureCollection([cell, county]));
    if (clipped === null) throw new Error(`township ${name} lies outside the county`);
    const properties = { id: code, name, level: 'township' as const, parentId: COUNTY_ID, code };
    const geometry = rounded(clipped.geometry as Polygon | MultiPolygon);
    const region = feature(geometry, properties);
    const [west, south, east, north] = bbox(region);
    return { id: code, name, seat, region, bounds: { west, south, east, north } };
  });
  return { county, townships };
};

const isWithin = ([lon, lat]: LonLat, { west, south, east, north }: Bounds): boolean =>
  lon >= west && lon <= east && lat >= south && lat <= north;

export const isInside = (at: LonLat, region: Region): boolean =>
  booleanPointInPolygon([...at], region);

/** The township a point lies in; undefined outside the county. */
export const townshipAt = (at: LonLat, townships: readonly Township[]): Township | undefined =>
  townships.find(({ region, bounds }) => isWithin(at, bounds) && isInside(at, region));

/** Square metres. */
export const regionAreaM2 = (region: Region): number => area(region);
