import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import { LatSchema, type LonLat, LonSchema } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';
import type { NearbyHit } from './nearby/nearby-index.ts';
import {
  GeometryTypeSchema,
  isResourceKind,
  PropertiesSchema,
  RESOURCE_KINDS,
  type ResourceKind,
  ResourceKindSchema,
} from './resource.ts';
import type { ResourceIndex } from './resource-index.ts';

const DEFAULT_LIMIT = 5;

/** Query parameters of every "what is nearby" route, to be spread into its own. */
export const NearbyQuery = {
  kinds: Type.Optional(
    Type.String({
      maxLength: 200,
      description: `Comma-separated, in the order wanted; default all. Of ${RESOURCE_KINDS.join(', ')}`,
    }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 50, default: DEFAULT_LIMIT, description: 'Per kind' }),
  ),
};

export const NearbyItemSchema = Type.Object({
  resourceId: Type.String(),
  kind: ResourceKindSchema,
  name: Type.String(),
  distanceM: Type.Number({
    minimum: 0,
    description: 'WGS-84 geodesic to the nearest point of the resource; 0 inside a polygon',
  }),
  azimuthDeg: Type.Number({
    minimum: 0,
    exclusiveMaximum: 360,
    description: 'Direction there, from true north; 0 when distanceM is 0',
  }),
  nearest: Type.Tuple([LonSchema, LatSchema], {
    description: 'The nearest point of the resource, [lon, lat]',
  }),
  geometryType: GeometryTypeSchema,
  properties: PropertiesSchema,
  personId: Type.Optional(Type.String()),
  positionAt: Type.Optional(DateTimeSchema),
});
export type NearbyItem = Type.Static<typeof NearbyItemSchema>;

/** Ordered by kind, within a kind by distance. */
export const NearbySchema = Type.Object({ items: Type.Array(NearbyItemSchema) });

/** Answers a "what is nearby" route. Throws `bad_request` for a kind that does not exist. */
export const nearbyItems = (
  index: Pick<ResourceIndex, 'nearby'>,
  point: LonLat,
  query: { kinds?: string | undefined; limit?: number | undefined },
): Type.Static<typeof NearbySchema> => {
  const kinds = query.kinds === undefined ? undefined : parseKinds(query.kinds);
  const hits = index.nearby(point, { kinds, limit: query.limit ?? DEFAULT_LIMIT });
  return { items: hits.map(toItem) };
};

const parseKinds = (text: string): ResourceKind[] => {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const kinds = names.filter(isResourceKind);
  if (kinds.length === names.length && names.length > 0) return [...new Set(kinds)];
  const unknown = names.filter((name) => !isResourceKind(name));
  const allowed = RESOURCE_KINDS.join(', ');
  const message =
    unknown.length === 0
      ? `kinds is empty; leave it out, or give some of ${allowed}`
      : `there is no kind ${unknown.map((name) => `"${name}"`).join(', ')}; choose from ${allowed}`;
  throw new AppError('bad_request', message, { errors: [{ path: 'kinds', message }] });
};

const toItem = ({ resource, distanceM, azimuthDeg, nearest }: NearbyHit): NearbyItem => {
  const distance = round(distanceM, 1e3);
  return {
    resourceId: resource.id,
    kind: resource.kind,
    name: resource.name,
    distanceM: distance,
    // Below a millimetre there is no direction; 359.99996 would round to 360, which is 0.
    azimuthDeg: distance === 0 ? 0 : round(azimuthDeg, 1e4) % 360,
    nearest: [round(nearest[0], 1e8), round(nearest[1], 1e8)],
    geometryType: resource.geometryType,
    properties: resource.properties,
    ...(resource.personId === null ? {} : { personId: resource.personId }),
    ...(resource.positionAt === null ? {} : { positionAt: resource.positionAt.toISOString() }),
  };
};

/** Millimetres, ten-thousandths of a degree: what is beyond is noise that only makes answers longer. */
const round = (value: number, steps: number): number => Math.round(value * steps) / steps;
