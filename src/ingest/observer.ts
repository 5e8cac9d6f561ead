import { type Device, eyeHeightM } from '../devices/index.ts';
import type { Observer, SourceKind, Station } from '../locate/index.ts';
import type { Pose } from '../telemetry/index.ts';
import { mslHeightM, type Terrain } from '../terrain/index.ts';

/** A gimbal's aim older than this says nothing of what the aircraft sees now. */
const FRESH_MS = 10_000;

/** The ground's height, null where nothing is known. */
export const groundHeightOf =
  (terrain: Terrain | undefined) =>
  (lon: number, lat: number): number | null => {
    const heightM = terrain?.elevationM(lon, lat) ?? Number.NaN;
    return Number.isNaN(heightM) ? null : heightM;
  };

/**
 * Who saw it: a camera stands where it was surveyed; an aircraft is where it last said it was, and looks where its
 * gimbal pointed when that is still true. `pose` is null for what does not move.
 */
export const observerOf = (
  device: Device & { kind: SourceKind },
  {
    pose,
    terrain,
    observedAt,
  }: { pose: Pose | null; terrain: Terrain | undefined; observedAt: Date },
): Observer => {
  const { kind, azimuthOffsetDeg, tiltOffsetDeg, focalScale } = device;
  const { azimuthSigmaDeg, elevationSigmaDeg } = device;
  const { sensor } = device.properties;
  return {
    kind,
    sensor: typeof sensor === 'string' ? sensor.toLowerCase() : null,
    station: pose === null ? surveyed(device, terrain) : inTheAir(pose),
    azimuthOffsetDeg,
    tiltOffsetDeg,
    focalScale,
    azimuthSigmaDeg,
    elevationSigmaDeg,
    gimbal: pose === null ? null : gimbalOf(pose, observedAt),
  };
};

const surveyed = (device: Device, terrain: Terrain | undefined): Station | null => {
  const { lon, lat } = device;
  if (lon === null || lat === null) return null;
  return { lon, lat, heightM: eyeHeightM(device, groundHeightOf(terrain)) };
};

/** A height above take-off is of no use: where that was, and how high, nobody has said. */
const inTheAir = ({ lon, lat, altitudeM, altitudeRef }: Pose): Station => {
  if (altitudeM === null || altitudeRef === null || altitudeRef === 'takeoff') {
    return { lon, lat, heightM: null };
  }
  const heightM = altitudeRef === 'ellipsoid' ? mslHeightM(lon, lat, altitudeM) : altitudeM;
  return { lon, lat, heightM };
};

const gimbalOf = (pose: Pose, observedAt: Date): Observer['gimbal'] => {
  const { gimbalPitchDeg, gimbalYawDeg, gimbalAt, at } = pose;
  if (gimbalPitchDeg === null || gimbalYawDeg === null || gimbalAt === null) return null;
  const isFresh = [at, gimbalAt].every(
    (said) => Math.abs(said.getTime() - observedAt.getTime()) <= FRESH_MS,
  );
  if (!isFresh) return null;
  return { azimuthDeg: gimbalYawDeg, elevationDeg: gimbalPitchDeg };
};
