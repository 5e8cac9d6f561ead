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
  osd: null,
};

/** A reading with whose it is and when we got it. */
export type TelemetryRow = { deviceId: string; receivedAt: Date; reading: TelemetryReading };
