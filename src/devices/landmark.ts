import Type from 'typebox';
import { type ReportedFrame, ReportedFrameSchema } from '../locate/index.ts';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import { DateTimeSchema } from '../shared/http.ts';

/** Of one device. A calibration tries each one's absence: twice as many take four times as long (50: about 0.1 s). */
export const MAX_LANDMARKS = 50;

/** A known point and the pixel a camera showed it at; pan, tilt and field of view as the camera reported them. */
export type Landmark = {
  name: string;
  frame: ReportedFrame;
  px: readonly [u: number, v: number];
  lon: number;
  lat: number;
  /** Of the point that was clicked, above mean sea level; null = the ground there. */
  heightM: number | null;
};

export type StoredLandmark = Landmark & { id: string; createdAt: Date };

const Px = Type.Number({ minimum: -1_000_000, maximum: 1_000_000 });

export const NewLandmarkSchema = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'Unique for the device; the same name again replaces that landmark',
  }),
  frame: ReportedFrameSchema,
  px: Type.Tuple([Px, Px], { description: '`[u, v]`, pixels from the top left' }),
  lon: LonSchema,
  lat: LatSchema,
  heightM: Type.Optional(
    Type.Number({
      minimum: -500,
      maximum: 9000,
      description: 'Of the point itself (the top of a mast), above mean sea level; else the ground',
    }),
  ),
});

const Maybe = Type.Union([Type.Number(), Type.Null()]);

export const LandmarkSchema = Type.Object({
  id: Type.String(),
  ...NewLandmarkSchema.properties,
  heightM: Maybe,
  createdAt: DateTimeSchema,
});

export const CalibrationSchema = Type.Object({
  azimuthOffsetDeg: Type.Number(),
  tiltOffsetDeg: Type.Number(),
  focalScale: Type.Number({ description: 'True focal length ÷ the one the field of view gives' }),
  azimuthSigmaDeg: Type.Union([Type.Number(), Type.Null()], {
    description: 'Null = too few landmarks to tell',
  }),
  elevationSigmaDeg: Maybe,
  solved: Type.Object(
    { tilt: Type.Boolean(), focal: Type.Boolean() },
    { description: 'What the landmarks determined; the rest stays as it was' },
  ),
  rmsDeg: Type.Number({ description: 'Of the residual angles, over their degrees of freedom' }),
  worst: Type.String({ description: 'The landmark with the largest residual' }),
  notes: Type.Array(Type.String()),
  landmarks: Type.Array(
    Type.Object({
      name: Type.String(),
      distanceM: Type.Number(),
      azimuthDeg: Type.Number({ description: 'True, from the camera' }),
      elevationDeg: Type.Union([Type.Number(), Type.Null()], {
        description: 'Null: a height is unknown',
      }),
      residual: Type.Object(
        { azimuthDeg: Type.Number(), elevationDeg: Maybe, totalDeg: Type.Number() },
        { description: 'True minus seen, angles in space' },
      ),
    }),
  ),
});
/** What a calibration gave, as it is shown and kept. Degrees. */
export type Calibration = Type.Static<typeof CalibrationSchema>;
