import Type from 'typebox';

const strict = { additionalProperties: false };

/** Drones; what is left out is as in `droneSettings`. */
export const DroneConfigSchema = Type.Object(
  {
    /** What a technician types into a dock to bind it here, and what it then shows. */
    organizationId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    organizationName: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    /** Above the ground at the point a drone is sent to (without terrain: above take-off), metres. */
    heightM: Type.Optional(Type.Number({ minimum: 20, maximum: 500 })),
    /** Over the highest ground on the way, metres: trees, pylons, and what the terrain model does not know. */
    clearanceM: Type.Optional(Type.Number({ minimum: 20, maximum: 500 })),
    /** Above take-off: no flight is asked for that needs more, metres. */
    maxHeightM: Type.Optional(Type.Number({ minimum: 20, maximum: 1500 })),
    /** From take-off to the point, metres: out of radio reach, or not enough battery to come back. */
    maxDistanceM: Type.Optional(Type.Number({ minimum: 100, maximum: 50_000 })),
    /** Dock aircraft fly to points at 15 m/s at most. */
    speedMps: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
    /** Below this charge, in percent, no flight is asked for. */
    minBatteryPct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  },
  strict,
);
type DroneConfig = Type.Static<typeof DroneConfigSchema>;

export type DroneSettings = Required<DroneConfig>;

/** The county's drone settings with what it has left out: 120 m is the usual ceiling of permits, 40 % leaves a way home. */
export const droneSettings = ({ drones = {} }: { drones?: DroneConfig }): DroneSettings => ({
  organizationId: 'fengsui',
  organizationName: '烽燧 Fengsui',
  heightM: 120,
  clearanceM: 60,
  maxHeightM: 500,
  maxDistanceM: 7000,
  speedMps: 12,
  minBatteryPct: 40,
  ...drones,
});
