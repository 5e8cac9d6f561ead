import Type from 'typebox';
import { wrap360 } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';
import { type LayerHistory, LayerHistorySchema, LayerIdSchema, toHistoryBody } from './layer.ts';

/** glint 反光, fog 雾, chimney 烟囱. */
const MASK_REASONS = ['glint', 'fog', 'chimney', 'other'] as const;
export type MaskReason = (typeof MASK_REASONS)[number];

/**
 * A sector of a camera's view where it often sees what is no fire. Azimuths in degrees clockwise from true north,
 * `from` to `to`, through 0 when from > to, 0 to 360 the whole circle; elevations in degrees from the horizon, up
 * positive. All as seen after the device's own corrections, like a detection's azimuth.
 */
export type ViewMask = LayerHistory & {
  id: string;
  deviceId: string;
  azimuthFromDeg: number;
  azimuthToDeg: number;
  elevationFromDeg: number;
  elevationToDeg: number;
  reason: MaskReason;
  note: string | null;
  /** From this instant on it counts no more. */
  expiresAt: Date;
};

const Sector = {
  azimuthFromDeg: Type.Number({ minimum: 0, exclusiveMaximum: 360 }),
  azimuthToDeg: Type.Number({ minimum: 0, maximum: 360 }),
};
const ElevationSchema = Type.Number({ minimum: -90, maximum: 90 });
const Reason = {
  reason: Type.Enum([...MASK_REASONS]),
  note: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'Required with reason other' }),
  ),
};

export const NewMaskSchema = Type.Object(
  {
    id: Type.Optional(LayerIdSchema),
    ...Sector,
    elevationFromDeg: Type.Optional({ ...ElevationSchema, default: -90 }),
    elevationToDeg: Type.Optional({ ...ElevationSchema, default: 90 }),
    ...Reason,
    expiresAt: Type.Optional({
      ...DateTimeSchema,
      description: 'At most 1 year from now; default 30 days',
    }),
  },
  {
    additionalProperties: false,
    description:
      'Degrees, clockwise from true north; from > to goes through north, 0 to 360 is the whole circle',
  },
);

export const MaskSchema = Type.Object({
  id: LayerIdSchema,
  deviceId: Type.String(),
  ...Sector,
  elevationFromDeg: ElevationSchema,
  elevationToDeg: ElevationSchema,
  ...Reason,
  expiresAt: DateTimeSchema,
  ...LayerHistorySchema,
});

export const toMaskBody = (mask: ViewMask): Type.Static<typeof MaskSchema> => ({
  id: mask.id,
  deviceId: mask.deviceId,
  azimuthFromDeg: mask.azimuthFromDeg,
  azimuthToDeg: mask.azimuthToDeg,
  elevationFromDeg: mask.elevationFromDeg,
  elevationToDeg: mask.elevationToDeg,
  reason: mask.reason,
  ...(mask.note === null ? {} : { note: mask.note }),
  expiresAt: mask.expiresAt.toISOString(),
  ...toHistoryBody(mask),
});

/** The edges belong to the mask, whatever rounding makes of them; far below what any camera resolves. */
const EDGE_DEG = 1e-9;

type MaskSector = Pick<
  ViewMask,
  'azimuthFromDeg' | 'azimuthToDeg' | 'elevationFromDeg' | 'elevationToDeg'
>;

/**
 * Whether a direction lies in the mask. Azimuth in degrees from true north, any turn; elevation in degrees from the
 * horizon, null when the source does not say: then only a mask over all elevations holds it, since a narrower one
 * may be above or below what was seen.
 */
export const inMask = (
  mask: MaskSector,
  azimuthDeg: number,
  elevationDeg: number | null,
): boolean => {
  // 0 to 360 wraps to a width of 0; a mask of no width at all is refused at the door.
  const widthDeg = wrap360(mask.azimuthToDeg - mask.azimuthFromDeg) || 360;
  if (wrap360(azimuthDeg - mask.azimuthFromDeg) > widthDeg + EDGE_DEG) return false;
  const { elevationFromDeg: from, elevationToDeg: to } = mask;
  if (elevationDeg === null) return from <= -90 && to >= 90;
  return from - EDGE_DEG <= elevationDeg && elevationDeg <= to + EDGE_DEG;
};
