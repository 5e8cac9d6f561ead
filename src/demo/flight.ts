import { geodesicDirect, geodesicInverse, type LonLat, wrap360 } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import type { Drone } from './fleet.ts';

/** What an aircraft is doing. `watching`: circling the point it was sent to. */
export type FlightMode = 'docked' | 'patrol' | 'to_point' | 'watching' | 'returning';

export type Flight = {
  mode: FlightMode;
  at: LonLat;
  /** Above the ground below it, metres; 0 in the dock. */
  heightAboveGroundM: number;
  /** True north, [0, 360). */
  headingDeg: number;
  speedMps: number;
  batteryPct: number;
  /** Index of the patrol corner it flies to. */
  corner: number;
  target: LonLat | null;
  /** Docked until then, seconds of simulation. */
  nextPatrolAtS: number;
};

const PATROL_MPS = 14;
/** The fastest such an aircraft flies with a dock's weather reserve. */
const DASH_MPS = 20;
const CLIMB_MPS = 5;
const FLYING_HEIGHT_M = 120;
/** 40 minutes in the air, half an hour to charge. */
const ENDURANCE_S = 2_400;
const CHARGE_S = 1_800;
/** With less it might not get home against the wind. */
const RETURN_BELOW_PCT = 25;
/** From here its zoom and thermal camera see the fire well; nearer, smoke and updraft endanger it. */
const WATCH_FROM_M = 400;

/** Every third aircraft is on its round when the demo starts, the others are charged and in their docks. */
export const firstFlight = (drone: Drone, index: number, random: Random): Flight => {
  const docked: Flight = {
    mode: 'docked',
    at: drone.dock.at,
    heightAboveGroundM: 0,
    headingDeg: 0,
    speedMps: 0,
    batteryPct: 100,
    corner: 0,
    target: null,
    nextPatrolAtS: random.between(120, 1_800),
  };
  if (index % 3 !== 0) return docked;
  const corner = random.int(0, drone.patrol.length - 1);
  return {
    ...docked,
    mode: 'patrol',
    at: drone.patrol[corner] ?? drone.dock.at,
    heightAboveGroundM: FLYING_HEIGHT_M,
    corner,
    batteryPct: Math.round(random.between(60, 95)),
  };
};

/** Seconds until the aircraft could be watching `target`; infinite without the battery for it. */
export const secondsTo = (flight: Flight, target: LonLat): number => {
  const { distanceM } = geodesicInverse(flight.at, target);
  const climbS = (FLYING_HEIGHT_M - flight.heightAboveGroundM) / CLIMB_MPS;
  const flightS = Math.max(0, distanceM - WATCH_FROM_M) / DASH_MPS;
  const leftS = ((flight.batteryPct - RETURN_BELOW_PCT) / 100) * ENDURANCE_S;
  return climbS + flightS < leftS ? climbS + flightS : Number.POSITIVE_INFINITY;
};

export const sendTo = (flight: Flight, target: LonLat): Flight => ({
  ...flight,
  mode: 'to_point',
  target,
});

/** Where this mode leads, how fast, and how near is there. */
const course = (
  flight: Flight,
  drone: Drone,
): { to: LonLat; speedMps: number; nearEnoughM: number } => {
  if (flight.mode === 'to_point' && flight.target !== null) {
    return { to: flight.target, speedMps: DASH_MPS, nearEnoughM: WATCH_FROM_M };
  }
  const corner = flight.mode === 'patrol' ? drone.patrol[flight.corner] : undefined;
  return { to: corner ?? drone.dock.at, speedMps: PATROL_MPS, nearEnoughM: 1 };
};

const arrived = (flight: Flight, drone: Drone, nowS: number): Flight => {
  if (flight.mode === 'to_point') return { ...flight, mode: 'watching', speedMps: 0 };
  if (flight.mode === 'returning') {
    const grounded = { heightAboveGroundM: 0, speedMps: 0, corner: 0, target: null };
    return { ...flight, ...grounded, mode: 'docked', nextPatrolAtS: nowS + CHARGE_S };
  }
  const corner = flight.corner + 1;
  return corner < drone.patrol.length ? { ...flight, corner } : { ...flight, mode: 'returning' };
};

/** The flight `dtS` seconds later; `nowS` are seconds of simulation. */
export const stepFlight = (flight: Flight, drone: Drone, dtS: number, nowS: number): Flight => {
  if (flight.mode === 'docked') {
    const batteryPct = Math.min(100, flight.batteryPct + (dtS * 100) / CHARGE_S);
    const ready = nowS >= flight.nextPatrolAtS && batteryPct > 95;
    return { ...flight, batteryPct, mode: ready ? 'patrol' : 'docked' };
  }
  const batteryPct = Math.max(0, flight.batteryPct - (dtS * 100) / ENDURANCE_S);
  const low = batteryPct < RETURN_BELOW_PCT && flight.mode !== 'returning';
  const flying: Flight = { ...flight, batteryPct, mode: low ? 'returning' : flight.mode };
  if (flying.heightAboveGroundM < FLYING_HEIGHT_M) {
    const height = flying.heightAboveGroundM + CLIMB_MPS * dtS;
    return { ...flying, heightAboveGroundM: Math.min(FLYING_HEIGHT_M, height) };
  }
  if (flying.mode === 'watching') {
    return { ...flying, headingDeg: headingTo(flying, flying.target) };
  }
  const { to, speedMps, nearEnoughM } = course(flying, drone);
  const { distanceM, azimuthDeg } = geodesicInverse(flying.at, to);
  const stepM = Math.min(speedMps * dtS, Math.max(0, distanceM - nearEnoughM));
  const moved: Flight = {
    ...flying,
    at: geodesicDirect(flying.at, azimuthDeg, stepM),
    headingDeg: wrap360(azimuthDeg),
    speedMps,
  };
  return distanceM - stepM <= nearEnoughM + 0.01 ? arrived(moved, drone, nowS) : moved;
};

const headingTo = (flight: Flight, target: LonLat | null): number =>
  target === null ? flight.headingDeg : geodesicInverse(flight.at, target).azimuthDeg;
