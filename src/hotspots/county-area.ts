import type { RegionLookup } from '../people/index.ts';
import type { LonLat } from '../shared/geo.ts';
import { type Bbox, bboxOf } from '../shared/geometry.ts';
import type { HotspotSettings } from '../shared/hotspot-config.ts';

/** What the county is: the outlines of its regions; while there is none, the box in its settings; else nobody knows. */
export type CountyArea = { inside: (place: LonLat) => boolean; bbox: Bbox };

export const countyArea = (
  regions: Pick<RegionLookup, 'all' | 'regionsAt'>,
  settings: Pick<HotspotSettings, 'bbox'>,
): CountyArea | null => {
  const outlines = regions.all().flatMap(({ geometry }) => (geometry === null ? [] : [geometry]));
  if (outlines.length > 0) {
    const bbox = outlines
      .map(bboxOf)
      .reduce(
        ([west, south, east, north], [w, s, e, n]): Bbox => [
          Math.min(west, w),
          Math.min(south, s),
          Math.max(east, e),
          Math.max(north, n),
        ],
      );
    // Beside those that contain a place there is always `default`.
    return { bbox, inside: (place) => regions.regionsAt(place).length > 1 };
  }
  if (settings.bbox === undefined) return null;
  const [west, south, east, north] = settings.bbox;
  return {
    bbox: settings.bbox,
    inside: ([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north,
  };
};
