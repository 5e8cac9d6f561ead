import Type from 'typebox';

/** Coarse to fine. A region's parent is always of a coarser level. */
export const REGION_LEVELS = ['county', 'township', 'village', 'grid'] as const;
export type RegionLevel = (typeof REGION_LEVELS)[number];
export const RegionLevelSchema = Type.Enum([...REGION_LEVELS]);

/** 0 = county … 3 = grid. */
export const levelRank = (level: RegionLevel): number => REGION_LEVELS.indexOf(level);

/** The region that is always there, has no geometry and covers everything. */
export const DEFAULT_REGION_ID = 'default';

export type Position = [lon: number, lat: number, ...rest: number[]];
/** WGS-84 polygon or multipolygon, as in RFC 7946. */
export type RegionGeometry =
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] };

export type Region = {
  id: string;
  name: string;
  level: RegionLevel;
  parentId: string | null;
  /** Heads the numbers of incidents here: `{code}-{yyyymmdd}-{seq}`. */
  code: string;
  /** Null covers everything. */
  geometry: RegionGeometry | null;
  /** What else the imported feature said, kept as it was. */
  properties: Record<string, unknown>;
};

export const RegionSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  level: RegionLevelSchema,
  parentId: Type.Union([Type.String(), Type.Null()]),
  code: Type.String(),
  /** GeoJSON Polygon or MultiPolygon, null for everywhere; absent when not asked for. */
  geometry: Type.Optional(
    Type.Unknown({ description: 'GeoJSON Polygon or MultiPolygon, or null' }),
  ),
  properties: Type.Record(Type.String(), Type.Unknown()),
});
