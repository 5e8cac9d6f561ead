import Type, { type Static } from 'typebox';
import { DateTimeSchema } from '../shared/http.ts';
import { DeviceSchema } from './device.ts';
import { DeviceHealthSchema, problemJson } from './device-health.ts';
import { withoutSecrets } from './device-secrets.ts';
import type { DeviceState, DeviceWithState } from './device-state-store.ts';
import { CalibrationSchema } from './landmark.ts';

const MaybeTime = Type.Union([DateTimeSchema, Type.Null()]);
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

/** What is known of a device right now. `lon`/`lat` are its last known position, true at `positionAt`. */
const DeviceStateSchema = Type.Object({
  observedAt: MaybeTime,
  receivedAt: MaybeTime,
  lon: MaybeNumber,
  lat: MaybeNumber,
  positionAt: MaybeTime,
  online: Type.Union([Type.Boolean(), Type.Null()]),
  onlineAt: MaybeTime,
  state: Type.Record(Type.String(), Type.Unknown()),
});

export const ListedDeviceSchema = Type.Object({
  ...DeviceSchema.properties,
  createdAt: DateTimeSchema,
  revoked: Type.Boolean({ description: 'Its MQTT login no longer works' }),
  calibratedAt: Type.Union([DateTimeSchema, Type.Null()]),
  landmarkCount: Type.Integer({ description: 'Landmarks its offsets were computed from' }),
  calibration: Type.Union([CalibrationSchema, Type.Null()]),
  latest: Type.Union([DeviceStateSchema, Type.Null()]),
  health: DeviceHealthSchema,
});

export const deviceJson = ({
  createdAt,
  calibratedAt,
  latest,
  health,
  ...device
}: DeviceWithState): Static<typeof ListedDeviceSchema> => ({
  ...withoutSecrets(device),
  createdAt: createdAt.toISOString(),
  calibratedAt: isoOrNull(calibratedAt),
  latest: latest === null ? null : stateJson(latest),
  health: {
    ...health,
    since: isoOrNull(health.since),
    problems: health.problems.map(problemJson),
  },
});

const stateJson = (latest: DeviceState): Static<typeof DeviceStateSchema> => ({
  ...latest,
  observedAt: isoOrNull(latest.observedAt),
  receivedAt: isoOrNull(latest.receivedAt),
  positionAt: isoOrNull(latest.positionAt),
  onlineAt: isoOrNull(latest.onlineAt),
});

const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;
