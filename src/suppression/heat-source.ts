import Type from 'typebox';
import { type Fix, geodesicInverse, LatSchema, LonSchema } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';
import {
  type LayerHistory,
  LayerHistorySchema,
  LayerIdSchema,
  LayerNameSchema,
  POINT_SEMI_MAJOR_M,
  toHistoryBody,
} from './layer.ts';

/** kiln 窑, chimney 烟囱, factory 工厂, thermal_plant 电厂. */
const HEAT_SOURCE_KINDS = ['kiln', 'chimney', 'factory', 'thermal_plant', 'other'] as const;
export type HeatSourceKind = (typeof HEAT_SOURCE_KINDS)[number];

/** More than the largest works; a circle any wider hides the woods around it. */
export const MAX_RADIUS_M = 5_000;

/** 固定热源: something that smokes or is hot all year, and is no wildfire. WGS-84, metres. */
export type HeatSource = LayerHistory & {
  id: string;
  name: string;
  kind: HeatSourceKind;
  description: string | null;
  lon: number;
  lat: number;
  radiusM: number;
  /** From this instant on it counts no more. */
  expiresAt: Date;
};

const Details = {
  name: LayerNameSchema,
  kind: Type.Enum([...HEAT_SOURCE_KINDS]),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  lon: LonSchema,
  lat: LatSchema,
  radiusM: Type.Number({ exclusiveMinimum: 0, maximum: MAX_RADIUS_M }),
};

export const HeatSourceInputSchema = Type.Object(
  {
    ...Details,
    kind: Type.Optional({ ...Details.kind, description: 'Default other' }),
    expiresAt: Type.Optional({
      ...DateTimeSchema,
      description:
        'At most 2 years from now. Left out: one year from now, and as it was when changing one',
    }),
  },
  { additionalProperties: false },
);

export const NewHeatSourceSchema = Type.Object(
  { id: Type.Optional(LayerIdSchema), ...HeatSourceInputSchema.properties },
  { additionalProperties: false },
);

export const HeatSourceSchema = Type.Object({
  id: LayerIdSchema,
  ...Details,
  expiresAt: DateTimeSchema,
  ...LayerHistorySchema,
});

export const toHeatSourceBody = (source: HeatSource): Type.Static<typeof HeatSourceSchema> => ({
  id: source.id,
  name: source.name,
  kind: source.kind,
  ...(source.description === null ? {} : { description: source.description }),
  lon: source.lon,
  lat: source.lat,
  radiusM: source.radiusM,
  expiresAt: source.expiresAt.toISOString(),
  ...toHistoryBody(source),
});

/**
 * Whether a fix is evidence of being this source: its point lies within the radius (geodesic, metres), and its 95 %
 * semi-major axis is not larger than 500 m or, if that is more, twice the radius. Without the second, every fire
 * seen by bearing alone across a valley would become the kiln that happens to stand half way.
 */
export const inHeatSource = (
  source: Pick<HeatSource, 'lon' | 'lat' | 'radiusM'>,
  { lon, lat, ellipse }: Pick<Fix, 'lon' | 'lat' | 'ellipse'>,
): boolean =>
  ellipse.semiMajorM <= Math.max(POINT_SEMI_MAJOR_M, 2 * source.radiusM) &&
  geodesicInverse([source.lon, source.lat], [lon, lat]).distanceM <= source.radiusM;
