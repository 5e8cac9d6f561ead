import type { LonLat } from '../shared/geo.ts';

/** The part of GeoJSON (RFC 7946) the demo writes. Positions are mutable because Turf's types ask for that. */
export type Position = [lon: number, lat: number];
export type Point = { type: 'Point'; coordinates: Position };
export type LineString = { type: 'LineString'; coordinates: Position[] };
export type Polygon = { type: 'Polygon'; coordinates: Position[][] };
export type MultiPolygon = { type: 'MultiPolygon'; coordinates: Position[][][] };

export type Feature<G, P> = { type: 'Feature'; geometry: G; properties: P };
export type FeatureCollection<F> = { type: 'FeatureCollection'; features: F[] };

/** Six decimals: 0.1 m, finer than anything invented here. */
export const round6 = (value: number): number => Math.round(value * 1e6) / 1e6;

export const toPosition = ([lon, lat]: LonLat): Position => [round6(lon), round6(lat)];

export const feature = <G, P>(geometry: G, properties: P): Feature<G, P> => ({
  type: 'Feature',
  geometry,
  properties,
});

export const featureCollection = <F>(features: F[]): FeatureCollection<F> => ({
  type: 'FeatureCollection',
  features,
});
