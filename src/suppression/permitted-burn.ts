import { booleanPointInPolygon } from '@turf/turf';
import Type from 'typebox';
import type { Fix, LonLat } from '../shared/geo.ts';
import type { Position } from '../shared/geometry.ts';
import { DateTimeSchema } from '../shared/http.ts';
import { ringAreaM2 } from '../shared/ring-area.ts';
import {
  type LayerHistory,
  LayerHistorySchema,
  LayerIdSchema,
  LayerNameSchema,
  POINT_SEMI_MAJOR_M,
  toHistoryBody,
} from './layer.ts';

type Rings = readonly (readonly Position[])[];
/** WGS-84, RFC 7946. */
export type BurnGeometry =
  | { type: 'Polygon'; coordinates: Rings }
  | { type: 'MultiPolygon'; coordinates: readonly Rings[] };

/** 计划烧除、野外用火审批: fire is allowed inside the area from `startsAt` to `endsAt`, both included. */
export type PermittedBurn = LayerHistory & {
  id: string;
  name: string;
  geometry: BurnGeometry;
  startsAt: Date;
  endsAt: Date;
  permitNumber: string | null;
  contact: string | null;
};

const Details = {
  name: LayerNameSchema,
  permitNumber: Type.Optional(Type.String({ maxLength: 100 })),
  contact: Type.Optional(Type.String({ maxLength: 200, description: 'Whom to call' })),
};

/** What PUT takes; the geometry and the times are checked by `burnFaults`, which says more than a schema can. */
export const BurnInputSchema = Type.Object(
  {
    ...Details,
    geometry: Type.Unknown({
      description:
        'GeoJSON Polygon or MultiPolygon, WGS-84, [lon, lat]; at most 100 km² and 2,000 positions',
    }),
    startsAt: DateTimeSchema,
    endsAt: { ...DateTimeSchema, description: 'After startsAt, at most 31 days later' },
  },
  { additionalProperties: false },
);

export const NewBurnSchema = Type.Object(
  { id: Type.Optional(LayerIdSchema), ...BurnInputSchema.properties },
  { additionalProperties: false },
);

export const BurnSchema = Type.Object({
  id: LayerIdSchema,
  ...Details,
  geometry: Type.Unsafe<BurnGeometry>(
    Type.Object({
      type: Type.Enum(['Polygon', 'MultiPolygon']),
      coordinates: Type.Array(Type.Unknown()),
    }),
  ),
  startsAt: DateTimeSchema,
  endsAt: DateTimeSchema,
  ...LayerHistorySchema,
});

export const toBurnBody = (burn: PermittedBurn): Type.Static<typeof BurnSchema> => ({
  id: burn.id,
  name: burn.name,
  geometry: burn.geometry,
  startsAt: burn.startsAt.toISOString(),
  endsAt: burn.endsAt.toISOString(),
  ...(burn.permitNumber === null ? {} : { permitNumber: burn.permitNumber }),
  ...(burn.contact === null ? {} : { contact: burn.contact }),
  ...toHistoryBody(burn),
});

/** Whether a WGS-84 `[lon, lat]` lies in the burn's area; its border belongs to it, a hole does not. */
export const pointInBurn = (burn: Pick<PermittedBurn, 'geometry'>, point: LonLat): boolean =>
  partAt(burn.geometry, point) !== undefined;

/**
 * Whether a fix is evidence of a fire inside the burn's area: its point is inside, and its 95 % semi-major axis is
 * not larger than 500 m or, if that is more, the side of a square as large as the part of the area it lies in. A
 * fire by bearing alone has an ellipse kilometres long; that its middle falls on a field where straw is burnt says
 * nothing of where it burns, and would lower the alarm of a fire somewhere else along the line. The side of the
 * square rather than the diagonal: a firebreak strip of 10 km by 50 m must not excuse an ellipse of 10 km.
 */
export const fixInBurn = (
  burn: Pick<PermittedBurn, 'geometry'>,
  { lon, lat, ellipse }: Pick<Fix, 'lon' | 'lat' | 'ellipse'>,
): boolean => {
  const part = partAt(burn.geometry, [lon, lat]);
  if (part === undefined) return false;
  if (ellipse.semiMajorM <= POINT_SEMI_MAJOR_M) return true;
  return ellipse.semiMajorM <= Math.sqrt(ringAreaM2(part[0] ?? []));
};

/** Whether the permit's window holds an instant; both of its ends do. */
export const burnHolds = (burn: Pick<PermittedBurn, 'startsAt' | 'endsAt'>, at: Date): boolean =>
  burn.startsAt.getTime() <= at.getTime() && at.getTime() <= burn.endsAt.getTime();

/** The outer ring and holes of the part that holds the point. */
const partAt = (geometry: BurnGeometry, [lon, lat]: LonLat): Rings | undefined =>
  partsOf(geometry).find((rings) =>
    // Turf's types want arrays it could write to; it does not.
    booleanPointInPolygon([lon, lat], {
      type: 'Polygon',
      coordinates: rings as number[][][],
    }),
  );

export const partsOf = (geometry: BurnGeometry): readonly Rings[] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
