import { judge, type Look, type Verdict } from '../../../src/health/judge.ts';
import { observe } from '../../../src/health/observe.ts';
import { type Memory, NO_MEMORY, type Reading } from '../../../src/health/reading.ts';
import { type Health, newHealth, step } from '../../../src/health/step.ts';
import { HEALTH_DEFAULTS, type HealthSettings } from '../../../src/shared/health-config.ts';

/** Seconds after the first look; a Monday at noon in Anren. */
export const at = (seconds: number): Date =>
  new Date(Date.parse('2026-11-02T04:00:00Z') + seconds * 1000);

/** A camera on the bus, heard just now. */
export const reading = (over: Partial<Reading> = {}): Reading => ({
  id: 'cam-1',
  kind: 'camera',
  gatewayId: null,
  revoked: false,
  heartbeatS: null,
  tour: null,
  online: true,
  onlineAt: at(-3600),
  link: 'bus',
  drops: 0,
  seenAt: at(0),
  telemetryAt: null,
  saidAt: null,
  view: null,
  batteryPct: null,
  idleBatteryPct: null,
  airborne: true,
  windMps: null,
  rainLevel: null,
  hms: null,
  frame: null,
  ...over,
});

/** A memory of telemetry that came once a minute up to `lastS`. */
export const spokeUntil = (
  lastS: number,
  behindS: readonly number[] = Array(9).fill(0),
): Memory => ({
  ...NO_MEMORY,
  clock: behindS.map((seconds, i) => ({
    at: at(lastS - 60 * (behindS.length - 1 - i)).toISOString(),
    behindS: seconds,
  })),
});

export const judged = (
  over: Partial<Reading> = {},
  look: Partial<Omit<Look, 'reading'>> = {},
  settings: HealthSettings = HEALTH_DEFAULTS,
): Verdict =>
  judge(
    {
      reading: reading(over),
      memory: NO_MEMORY,
      known: [],
      goneGateway: null,
      watchedSince: at(-86_400),
      now: at(0),
      ...look,
    },
    settings,
  );

export const codesOf = ({ problems }: Pick<Verdict, 'problems'>): string[] =>
  problems.map(({ code }) => code);

/** A camera on the bus from look to look: `readings` seconds after the first, in order. */
export const lookedAt = (
  readings: readonly { s: number; online: boolean; drops?: number }[],
  settings: HealthSettings = HEALTH_DEFAULTS,
  from: Health = newHealth(at(0), 0),
): Health[] => {
  const states: Health[] = [];
  let health = from;
  let changedAt = at(readings[0]?.s ?? 0);
  let was = true;
  for (const { s, online, drops = health.memory.drops } of readings) {
    if (online !== was) changedAt = at(s);
    was = online;
    const seen = reading({ online, onlineAt: changedAt, seenAt: online ? at(s) : at(0), drops });
    const memory = observe(health.memory, seen, settings);
    const verdict = judge(
      {
        reading: seen,
        memory,
        known: health.problems,
        goneGateway: null,
        watchedSince: at(0),
        now: at(s),
      },
      settings,
    );
    health = step(health, { verdict, memory, drops, now: at(s) }, settings);
    states.push(health);
  }
  return states;
};
