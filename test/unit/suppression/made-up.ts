import type { HeatSource } from '../../../src/suppression/heat-source.ts';
import type { LayerHistory } from '../../../src/suppression/layer.ts';
import type { PermittedBurn } from '../../../src/suppression/permitted-burn.ts';
import type { ViewMask } from '../../../src/suppression/view-mask.ts';

export const at = (time: string): Date => new Date(`2026-03-05T${time}+08:00`);

const history: LayerHistory = {
  createdAt: at('07:00:00'),
  createdBy: 'person:li',
  updatedAt: at('07:00:00'),
  updatedBy: 'person:li',
  cancelledAt: null,
  cancelledBy: null,
};

/** A closed square ring, `sizeDeg` a side; 0.01° is 1.0 km east-west and 1.1 km north-south at 26.7°. */
export const square = (west: number, south: number, sizeDeg: number): [number, number][] => [
  [west, south],
  [west + sizeDeg, south],
  [west + sizeDeg, south + sizeDeg],
  [west, south + sizeDeg],
  [west, south],
];

export const FIELD: [number, number] = [113.205, 26.705];

/** A field of 1.0 by 1.1 km around FIELD, from 08:00 to 12:00. */
export const burn = (over: Partial<PermittedBurn> = {}): PermittedBurn => ({
  id: 'burn-1',
  name: '炼山 1 号',
  geometry: { type: 'Polygon', coordinates: [square(113.2, 26.7, 0.01)] },
  startsAt: at('08:00:00'),
  endsAt: at('12:00:00'),
  permitNumber: null,
  contact: null,
  ...history,
  ...over,
});

/** A kiln at FIELD, 300 m around. */
export const kiln = (over: Partial<HeatSource> = {}): HeatSource => ({
  id: 'kiln-1',
  name: '砖窑',
  kind: 'kiln',
  description: null,
  lon: FIELD[0],
  lat: FIELD[1],
  radiusM: 300,
  expiresAt: at('12:00:00'),
  ...history,
  ...over,
});

/** Glint on cam-1 from 350° through north to 10°. */
export const mask = (over: Partial<ViewMask> = {}): ViewMask => ({
  id: 'mask-1',
  deviceId: 'cam-1',
  azimuthFromDeg: 350,
  azimuthToDeg: 10,
  elevationFromDeg: -90,
  elevationToDeg: 90,
  reason: 'glint',
  note: null,
  expiresAt: at('12:00:00'),
  ...history,
  ...over,
});

/** A fix with a circle of `radiusM`. */
export const fixAt = ([lon, lat]: readonly [number, number], radiusM: number) => ({
  lon,
  lat,
  ellipse: { semiMajorM: radiusM, semiMinorM: radiusM, orientationDeg: 0 },
});
