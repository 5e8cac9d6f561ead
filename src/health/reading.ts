import type { DeviceKind } from '../devices/index.ts';

/** What is known of a device at a look, from the registry and its latest state; null = not said. */
export type Reading = {
  id: string;
  kind: DeviceKind;
  gatewayId: string | null;
  /** Its login was revoked: stolen, sold. */
  revoked: boolean;
  /** A sign of life comes at least so often, as registered; 0 = its silence says nothing; null = not said. */
  heartbeatS: number | null;
  /** Whether it tours, as registered; null = judge by what it did. */
  tour: boolean | null;
  /** Only a status on the bus ends by itself. */
  online: boolean | null;
  onlineAt: Date | null;
  link: 'bus' | 'http' | null;
  /** How often the bus has lost it, ever. */
  drops: number;
  /** The last sign of life of any sort, by our clock. */
  seenAt: Date | null;
  /** Its newest telemetry: our clock and its own. */
  telemetryAt: Date | null;
  saidAt: Date | null;
  view: { panDeg: number; tiltDeg: number } | null;
  batteryPct: number | null;
  /** Of a dock: of the aircraft in it, while it is not charging. */
  idleBatteryPct: number | null;
  airborne: boolean;
  windMps: number | null;
  /** 0 none to 3 heavy. */
  rainLevel: number | null;
  hms: { at: Date; list: readonly { code: string; level: number }[] } | null;
  /** The span, by its own clock, over which the picture it alarmed with has been the same. */
  frame: { since: Date; at: Date } | null;
};

/** What looks remember of a device for the next. */
export type Memory = {
  /** Newest last: when it came, and how far its clock was behind (negative: ahead), seconds. */
  clock: { at: string; behindS: number }[];
  /** Where it looked, since when, and the last times it turned. */
  view: { panDeg: number; tiltDeg: number; since: string; turns: string[] } | null;
  drops: number;
  /** When it was lost, newest last. */
  losses: string[];
};

export const NO_MEMORY: Memory = { clock: [], view: null, drops: 0, losses: [] };
