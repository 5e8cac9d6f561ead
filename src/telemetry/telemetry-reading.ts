import type { Ellipse } from '../shared/geo.ts';

/** A word for people, in the languages the console speaks. */
export type TextInBoth = { zh: string; en: string };

/**
 * Where an aircraft's laser range finder hit: WGS-84, metres above the ellipsoid, with the 95 % ellipse of such a
 * measurement. `payload` names the camera that measured.
 */
export type LaserTarget = {
  lon: number;
  lat: number;
  altitudeM: number | null;
  rangeM: number | null;
  method: 'laser';
  ellipse: Ellipse;
  payload: string;
  at: Date;
};

/**
 * One telemetry message, decoded; null = not said or unknown. WGS-84 degrees; `altitudeM` above
 * `altitudeRef`; azimuths (heading, pan, gimbal yaw) in [0, 360) from true north; tilt and pitch up positive.
 */
export type TelemetryReading = {
  observedAt: Date;
  lon: number | null;
  lat: number | null;
  altitudeM: number | null;
  altitudeRef: 'ellipsoid' | 'msl' | 'takeoff' | null;
  headingDeg: number | null;
  panDeg: number | null;
  tiltDeg: number | null;
  hfovDeg: number | null;
  gimbalPitchDeg: number | null;
  gimbalYawDeg: number | null;
  speedMps: number | null;
  batteryPct: number | null;
  flightTimeLeftS: number | null;
  /** What it is doing, by the maker's own code. */
  mode: (TextInBoth & { code: number }) | null;
  /** Kept in the latest state until it measures again. */
  laserTarget: LaserTarget | null;
  /** A vendor's status block as it came (DJI `data`), merged key by key into the latest state. */
  osd: Record<string, unknown> | null;
};

/** A message that says nothing but its time: what a decoder fills in. */
export const NOTHING_READ: Omit<TelemetryReading, 'observedAt'> = {
  lon: null,
  lat: null,
  altitudeM: null,
  altitudeRef: null,
  headingDeg: null,
  panDeg: null,
  tiltDeg: null,
  hfovDeg: null,
  gimbalPitchDeg: null,
  gimbalYawDeg: null,
  speedMps: null,
  batteryPct: null,
  flightTimeLeftS: null,
  mode: null,
  laserTarget: null,
  osd: null,
};

/** A reading with whose it is and when we got it. */
export type TelemetryRow = { deviceId: string; receivedAt: Date; reading: TelemetryReading };
