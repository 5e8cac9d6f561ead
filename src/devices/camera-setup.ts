import Type, { type TSchema } from 'typebox';
import { HfovSchema } from '../locate/index.ts';
import { compileSchema } from '../shared/schema.ts';
import type { Device } from './device.ts';

const Angle = Type.Number({ minimum: -360, maximum: 360 });
const Tilt = Type.Number({ minimum: -90, maximum: 90 });
const Span = <T extends TSchema>(angle: T) => Type.Tuple([angle, angle]);

/** Where a camera looks that does not turn, or turns to a numbered pose; as the camera would report it. */
const PoseSchema = Type.Object({
  panDeg: Angle,
  tiltDeg: Tilt,
  hfovDeg: Type.Optional(HfovSchema),
});

const FIELDS = {
  externalId: Type.String({ minLength: 1, maxLength: 200 }),
  picture: Type.Object({
    widthPx: Type.Integer({ minimum: 16, maximum: 100_000 }),
    heightPx: Type.Integer({ minimum: 16, maximum: 100_000 }),
  }),
  pose: PoseSchema,
  poses: Type.Record(Type.String({ maxLength: 100 }), PoseSchema),
  ptzRange: Type.Object({ panDeg: Span(Angle), tiltDeg: Span(Tilt) }),
  fireEvents: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 }),
  /** Of its health, as `readingOf` there reads them; `heartbeatS` of any device. */
  heartbeatS: Type.Number({ minimum: 0, maximum: 7 * 86_400 }),
  tour: Type.Boolean(),
} as const;
type Field = keyof typeof FIELDS;
type Value<K extends Field> = Type.Static<(typeof FIELDS)[K]>;

/** What is said at registration of how a camera is named, looks and alarms; null = not said. Kept in `properties`. */
export type CameraSetup = {
  /** What the box in front of it (`gatewayId`) calls it. */
  externalId: Value<'externalId'> | null;
  /** Of the pictures in which its recognition measures, pixels. */
  picture: Value<'picture'> | null;
  /** Of a camera that does not turn. */
  pose: Value<'pose'> | null;
  /** Of one whose recognition names its pose by a number. */
  poses: Value<'poses'> | null;
  /** What −1 and 1 of its pan and tilt stand for, where it reports no degrees. */
  ptzRange: Value<'ptzRange'> | null;
  /** Events that mean fire although their names do not say so. */
  fireEvents: Value<'fireEvents'>;
};

const CHECKS = {
  externalId: compileSchema(FIELDS.externalId),
  picture: compileSchema(FIELDS.picture),
  pose: compileSchema(FIELDS.pose),
  poses: compileSchema(FIELDS.poses),
  ptzRange: compileSchema(FIELDS.ptzRange),
  fireEvents: compileSchema(FIELDS.fireEvents),
  heartbeatS: compileSchema(FIELDS.heartbeatS),
  tour: compileSchema(FIELDS.tour),
};

/** The setup of a registered camera. What is wrong in `properties` from before it was checked is not said. */
export const cameraSetupOf = ({ properties }: Pick<Device, 'properties'>): CameraSetup => {
  const { externalId, picture, pose, poses, ptzRange, fireEvents } = properties;
  return {
    externalId: valueOf(CHECKS.externalId(externalId)),
    picture: valueOf(CHECKS.picture(picture)),
    pose: valueOf(CHECKS.pose(pose)),
    poses: valueOf(CHECKS.poses(poses)),
    ptzRange: valueOf(CHECKS.ptzRange(ptzRange)),
    fireEvents: valueOf(CHECKS.fireEvents(fireEvents)) ?? [],
  };
};

/** What is wrong with these fields, each with its place. */
export const cameraSetupMistakes = (
  properties: Record<string, unknown>,
): { path: string; message: string }[] =>
  (Object.keys(CHECKS) as Field[]).flatMap((field) => {
    const value = properties[field];
    if (value === undefined || value === null) return [];
    const checked = CHECKS[field](value);
    if (checked.ok) return [];
    return checked.errors.map(({ path, message }) => ({
      path: path === '/' ? field : `${field}${path.replaceAll('/', '.')}`,
      message,
    }));
  });

const valueOf = <T>(checked: { ok: true; value: T } | { ok: false }): T | null =>
  checked.ok ? checked.value : null;
