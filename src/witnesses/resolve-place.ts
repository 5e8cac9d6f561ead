import { findRegions, type RegionLookup } from '../people/index.ts';
import { fromGcj02 } from '../shared/gcj02.ts';
import type { LonLat } from '../shared/geo.ts';
import type { ReportBody } from './witness-report.ts';

/** Where the fire is: a position (WGS-84), or somewhere in a region that has an outline. */
export type Place =
  | { kind: 'position'; position: LonLat; regionId: string | null }
  | { kind: 'region'; regionId: string; areaId: string }
  | { kind: 'unknown'; path: string; message: string };

const MAX_NAMED = 10;

/**
 * The place a report gives. A position counts before a region; a region without an outline stands for the nearest one
 * above it that has one. Unknown says which field to mend, and how. Pure.
 */
export const resolvePlace = (
  body: Pick<ReportBody, 'lon' | 'lat' | 'datum' | 'regionId' | 'village'>,
  regions: Pick<RegionLookup, 'all' | 'chain' | 'get' | 'placeNames'>,
): Place => {
  const { lon, lat, datum, village } = body;
  if ((lon === undefined) !== (lat === undefined)) return unknown('lon', 'lon and lat go together');
  // 0/0 is a telephone without a fix.
  const isGiven = lon !== undefined && lat !== undefined && (lon !== 0 || lat !== 0);
  if (isGiven) {
    const position: LonLat = datum === 'gcj02' ? fromGcj02([lon, lat]) : [lon, lat];
    return { kind: 'position', position, regionId: body.regionId ?? null };
  }
  if (body.regionId !== undefined) return inRegion(body.regionId, regions);
  if (village === undefined) {
    return unknown('lon', 'say where: lon and lat, regionId, or village (its name)');
  }
  const found = findRegions(regions, village);
  const [only] = found;
  if (only === undefined) {
    return unknown('village', `no region is called "${village}"; give regionId, or lon and lat`);
  }
  if (found.length === 1) return inRegion(only.id, regions);
  const names = found
    .slice(0, MAX_NAMED)
    .map(({ id }) => `${regions.placeNames(id).join(' ')} (${id})`);
  return unknown(
    'village',
    `"${village}" may be ${names.join(', ')}${found.length > MAX_NAMED ? ', …' : ''}; give the regionId of one`,
  );
};

const inRegion = (regionId: string, regions: Pick<RegionLookup, 'chain' | 'get'>): Place => {
  if (regions.get(regionId) === undefined) {
    return unknown('regionId', `region "${regionId}" does not exist`);
  }
  const areaId = regions.chain(regionId).find((id) => (regions.get(id)?.geometry ?? null) !== null);
  return areaId === undefined
    ? unknown('regionId', `region "${regionId}" has no outline; give lon and lat`)
    : { kind: 'region', regionId, areaId };
};

const unknown = (path: string, message: string): Place => ({ kind: 'unknown', path, message });
