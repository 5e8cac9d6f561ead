import type { LonLat } from '../shared/geo.ts';

/** What an aircraft is known by; `mac`: it said none, and this is the address of its transmitter. */
export const AIRCRAFT_ID_TYPES = [
  'serial_number',
  'registration',
  'utm_id',
  'session_id',
  'mac',
] as const;
export type AircraftIdType = (typeof AIRCRAFT_ID_TYPES)[number];

export const AIRCRAFT_STATES = ['ground', 'airborne', 'emergency'] as const;
export type AircraftState = (typeof AIRCRAFT_STATES)[number];

/** Where an aircraft was that says so by itself (Remote ID), ours or not; null = not said or said to be unknown. */
export type AircraftSighting = {
  id: string;
  idType: AircraftIdType;
  /** `aeroplane`, `multirotor` … as ASTM F3411 has it. */
  category: string | null;
  /** Null also where it does not declare one. */
  state: AircraftState | null;
  observedAt: Date;
  position: LonLat;
  /** Above the WGS-84 ellipsoid, metres. */
  altitudeM: number | null;
  /** Above `heightRef`, metres. */
  heightM: number | null;
  heightRef: 'takeoff' | 'ground' | null;
  speedMps: number | null;
  verticalSpeedMps: number | null;
  /** Course over ground from true north. */
  headingDeg: number | null;
  operatorId: string | null;
  operatorPosition: LonLat | null;
  /** What it says of its flight in its own words. */
  purpose: string | null;
  /** How it was received: radio, strength, address. */
  reception: Record<string, unknown>;
};
