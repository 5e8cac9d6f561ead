import { bbox, booleanPointInPolygon } from '@turf/turf';
import type { Ellipse, LonLat } from '../shared/geo.ts';
import type { Geometry } from '../shared/geometry.ts';
import { toEllipse } from './covariance.ts';
import { planeAt } from './plane.ts';

/** Points looked at along each side of the area's box: its shape to a few per cent. */
const GRID = 40;

/**
 * "Somewhere in this village": the centre of an area and the 95 % ellipse of a point that lies anywhere in it with equal
 * probability. Undefined for what has no area.
 */
export const areaEllipse = (geometry: Geometry): { at: LonLat; ellipse: Ellipse } | undefined => {
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') return undefined;
  const area = geometry as Parameters<typeof booleanPointInPolygon>[1];
  const [west, south, east, north] = bbox(area);
  const inside: LonLat[] = [];
  for (let i = 0; i < GRID; i++) {
    for (let j = 0; j < GRID; j++) {
      const point: LonLat = [
        west + ((i + 0.5) / GRID) * (east - west),
        south + ((j + 0.5) / GRID) * (north - south),
      ];
      if (booleanPointInPolygon([...point], area)) inside.push(point);
    }
  }
  if (inside.length === 0) return undefined;
  const mean = (value: (point: LonLat) => number): number =>
    inside.reduce((sum, point) => sum + value(point), 0) / inside.length;
  const at: LonLat = [mean(([lon]) => lon), mean(([, lat]) => lat)];
  const plane = planeAt(at);
  let [ee, en, nn] = [0, 0, 0];
  for (const point of inside) {
    const { eastM, northM } = plane.toPlane(point);
    ee += eastM * eastM;
    en += eastM * northM;
    nn += northM * northM;
  }
  const n = inside.length;
  return { at, ellipse: toEllipse({ ee: ee / n, en: en / n, nn: nn / n }) };
};
