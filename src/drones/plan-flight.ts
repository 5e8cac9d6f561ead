import type { DroneSettings } from '../shared/drone-config.ts';
import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import { mslHeightM, type Terrain } from '../terrain/index.ts';
import { NOWHERE, ON_GROUND } from './aircraft-mode.ts';
import type { FlightMethod } from './drone-command.ts';

/** What is known of the aircraft and its gateway. Heights above the ellipsoid, metres; null = not known. */
export type FlightSituation = {
  aircraft: {
    at: LonLat | null;
    altitudeM: number | null;
    /** Above take-off, as it says itself. */
    elevationM: number | null;
    modeCode: number | null;
    modeText: string | null;
    batteryPct: number | null;
    heardAt: Date | null;
  };
  gateway: {
    at: LonLat | null;
    altitudeM: number | null;
    online: boolean;
    droneInDock: boolean | null;
    heardAt: Date | null;
  };
};

export type FlightRequest = {
  target: LonLat;
  /** Above the ground at the target, without terrain above take-off; undefined = the county's. */
  heightM: number | undefined;
  speedMps: number | undefined;
};

/** `unknown_ground`: no elevation data for all of the way; heights count from take-off and hills are not seen. */
export type FlightNote = 'unknown_ground';

export type FlightPlan = {
  kind: 'plan';
  method: FlightMethod;
  altitudeM: number;
  flightHeightM: number;
  speedMps: number;
  notes: FlightNote[];
};

export type FlightRefusal = { kind: 'refused'; code: 'conflict' | 'unprocessable'; reason: string };

const refuse = (code: FlightRefusal['code'], reason: string): FlightRefusal => ({
  kind: 'refused',
  code,
  reason,
});

/** OSD comes every two seconds: an aircraft not heard for so long is not where, or as, it was. */
export const FRESH_MS = 30_000;
/** A dock that is idle says less. */
const DOCK_FRESH_MS = 300_000;
/** The aircraft's own floor for such flights. */
const MIN_FLIGHT_HEIGHT_M = 20;
/** What the two commands admit, metres above the ellipsoid. */
const ALTITUDE_LIMIT_M = { takeoff_to_point: 1500, fly_to_point: 10_000 } as const;

/**
 * Which command sends the aircraft there, and how high. With terrain under all of the way it flies over the highest
 * ground between with the county's clearance; without, at the height asked for above take-off, and says so.
 * A straight line is checked: what stands on the ground is not in a terrain model.
 */
export const planFlight = (
  { target, heightM, speedMps }: FlightRequest,
  situation: FlightSituation,
  { settings, terrain, now }: { settings: DroneSettings; terrain: Terrain | undefined; now: Date },
): FlightPlan | FlightRefusal => {
  const { aircraft, gateway } = situation;
  if (!gateway.online) return refuse('conflict', 'its dock or controller is offline');
  const method = methodFor(situation, now);
  if (typeof method !== 'string') return method;
  if (aircraft.batteryPct !== null && aircraft.batteryPct < settings.minBatteryPct) {
    return refuse(
      'conflict',
      `its battery is at ${String(aircraft.batteryPct)} %, below the county's ${String(settings.minBatteryPct)} %`,
    );
  }
  const home = gateway.at ?? (method === 'takeoff_to_point' ? aircraft.at : null);
  const from = method === 'fly_to_point' ? aircraft.at : home;
  if (from === null) return refuse('conflict', 'where it is is not known yet');
  const distanceM = geodesicInverse(home ?? from, target).distanceM;
  if (distanceM > settings.maxDistanceM) {
    return refuse(
      'unprocessable',
      `the point is ${distanceM.toFixed(0)} m from take-off, the county allows ${String(settings.maxDistanceM)} m`,
    );
  }
  const takeoffM = takeoffAltitude(situation, { method, home, terrain });
  if (takeoffM === null) {
    return refuse(
      'conflict',
      'the height it takes off from is not known yet; register the dock with lon, lat and groundHeightM, or wait for its OSD',
    );
  }
  const wantedM = heightM ?? settings.heightM;
  const ground = terrain === undefined ? null : groundOn(from, target, terrain);
  const altitudeM =
    ground === null
      ? Math.max(takeoffM + wantedM, staysUp(method, aircraft.altitudeM, heightM))
      : ellipsoidal(
          target,
          Math.max(ground.highestM + settings.clearanceM, ground.targetM + wantedM),
        );
  const flightHeightM = Math.max(altitudeM - takeoffM, MIN_FLIGHT_HEIGHT_M);
  if (flightHeightM > settings.maxHeightM) {
    return refuse(
      'unprocessable',
      `the way needs ${flightHeightM.toFixed(0)} m above take-off, the county allows ${String(settings.maxHeightM)} m`,
    );
  }
  if (altitudeM < 2 || altitudeM > ALTITUDE_LIMIT_M[method]) {
    return refuse(
      'unprocessable',
      `${altitudeM.toFixed(0)} m above the ellipsoid is not a height ${method} takes (2 to ${String(ALTITUDE_LIMIT_M[method])} m)`,
    );
  }
  return {
    kind: 'plan',
    method,
    altitudeM,
    flightHeightM,
    speedMps: speedMps ?? settings.speedMps,
    notes: ground === null ? ['unknown_ground'] : [],
  };
};

const isFresh = (heardAt: Date | null, now: Date, ms: number): boolean =>
  heardAt !== null && now.getTime() - heardAt.getTime() <= ms;

/** What the aircraft says of itself goes before what the dock says of it. */
const methodFor = (
  { aircraft, gateway }: FlightSituation,
  now: Date,
): FlightMethod | FlightRefusal => {
  const { modeCode } = aircraft;
  if (
    isFresh(aircraft.heardAt, now, FRESH_MS) &&
    modeCode !== null &&
    !NOWHERE.includes(modeCode)
  ) {
    return ON_GROUND.includes(modeCode) ? 'takeoff_to_point' : 'fly_to_point';
  }
  if (gateway.droneInDock === true && isFresh(gateway.heardAt, now, DOCK_FRESH_MS)) {
    return 'takeoff_to_point';
  }
  return refuse(
    'conflict',
    aircraft.modeText === null
      ? 'whether it is in the air is not known: nothing was heard of it lately'
      : `whether it is in the air is not known: the last that was heard is "${aircraft.modeText}"`,
  );
};

/** Without terrain one that flies higher than asked by default does not come down into what may be a hill. */
const staysUp = (
  method: FlightMethod,
  altitudeM: number | null,
  heightM: number | undefined,
): number =>
  method === 'fly_to_point' && altitudeM !== null && heightM === undefined ? altitudeM : -Infinity;

const takeoffAltitude = (
  { aircraft, gateway }: FlightSituation,
  {
    method,
    home,
    terrain,
  }: { method: FlightMethod; home: LonLat | null; terrain: Terrain | undefined },
): number | null => {
  if (gateway.altitudeM !== null) return gateway.altitudeM;
  if (aircraft.altitudeM !== null) {
    if (method === 'takeoff_to_point') return aircraft.altitudeM;
    if (aircraft.elevationM !== null) return aircraft.altitudeM - aircraft.elevationM;
  }
  const groundM = home === null ? Number.NaN : (terrain?.elevationM(...home) ?? Number.NaN);
  return home === null || Number.isNaN(groundM) ? null : ellipsoidal(home, groundM);
};

const ellipsoidal = ([lon, lat]: LonLat, mslM: number): number => mslM - mslHeightM(lon, lat, 0);

/** The highest ground between and the ground at the end, above the sea; null when some of it is not known. */
const groundOn = (
  from: LonLat,
  to: LonLat,
  terrain: Terrain,
): { highestM: number; targetM: number } | null => {
  const { distanceM } = geodesicInverse(from, to);
  const steps = Math.max(1, Math.ceil(distanceM / Math.max(terrain.cellM / 2, 5)));
  let highestM = -Infinity;
  let targetM = Number.NaN;
  for (let i = 0; i <= steps; i += 1) {
    const t = i / steps;
    targetM = terrain.elevationM(from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t);
    if (Number.isNaN(targetM)) return null;
    highestM = Math.max(highestM, targetM);
  }
  return { highestM, targetM };
};
