import type { HealthSettings } from '../shared/health-config.ts';
import type { Memory, Reading } from './reading.ts';

/** Often enough for what goes wrong over minutes, and seldom enough that a look writes few rows. */
const EVERY_MS = 60_000;
const CLOCK_READINGS = 9;
const CLOCK_READINGS_NEEDED = 5;
/** A backlog sent after an outage is late by less and less; a wrong clock is wrong by the same. */
const MAX_SPREAD_S = 10;
const TURNS = 12;
const TOUR_WITHIN_MS = 24 * 3_600_000;

/** Adds what a reading says to what is remembered; the same object when it says nothing new. Pure. */
export const observe = (
  memory: Memory,
  reading: Reading,
  { stillDeg }: Pick<HealthSettings, 'stillDeg'>,
): Memory => {
  const clock = withClock(memory.clock, reading);
  const view = withView(memory.view, reading, stillDeg);
  return clock === memory.clock && view === memory.view ? memory : { ...memory, clock, view };
};

const withClock = (clock: Memory['clock'], { telemetryAt, saidAt }: Reading): Memory['clock'] => {
  if (telemetryAt === null || saidAt === null) return clock;
  if (!isLater(telemetryAt, clock.at(-1)?.at)) return clock;
  const behindS = Math.round((telemetryAt.getTime() - saidAt.getTime()) / 1000);
  return [...clock, { at: telemetryAt.toISOString(), behindS }].slice(-CLOCK_READINGS);
};

const withView = (
  known: Memory['view'],
  { kind, view, telemetryAt }: Reading,
  stillDeg: number,
): Memory['view'] => {
  if (kind !== 'camera' || view === null || telemetryAt === null) return known;
  const since = telemetryAt.toISOString();
  if (known === null) return { ...view, since, turns: [] };
  const turned =
    turnDeg(view.panDeg, known.panDeg) > stillDeg ||
    Math.abs(view.tiltDeg - known.tiltDeg) > stillDeg;
  if (!turned || !isLater(telemetryAt, known.since)) return known;
  return { ...view, since, turns: [...known.turns, since].slice(-TURNS) };
};

const turnDeg = (a: number, b: number): number => Math.abs(((a - b + 540) % 360) - 180);

const isLater = (at: Date, known: string | undefined): boolean =>
  known === undefined || at.getTime() - Date.parse(known) >= EVERY_MS;

/**
 * How far its clock is behind ours, seconds: the median of its last readings, so that a message that came late does not
 * count. Null while too few are known, or they disagree.
 */
export const clockBehindS = ({ clock }: Memory): number | null => {
  if (clock.length < CLOCK_READINGS_NEEDED) return null;
  const sorted = clock.map(({ behindS }) => behindS).toSorted((a, b) => a - b);
  const at = (fraction: number): number => sorted[Math.floor((sorted.length - 1) * fraction)] ?? 0;
  return at(0.75) - at(0.25) > MAX_SPREAD_S ? null : at(0.5);
};

/** It has spoken so often lately, never `withinS` apart, that it may be expected to go on. */
export const speaksRegularly = ({ clock }: Memory, withinS: number): boolean =>
  clock.length >= CLOCK_READINGS_NEEDED &&
  clock
    .slice(-CLOCK_READINGS_NEEDED)
    .every(
      ({ at }, i, recent) => Date.parse(at) - Date.parse(recent[i - 1]?.at ?? at) <= withinS * 1000,
    );

/** It turned a dozen times in the day before it came to rest. */
export const hasToured = ({ view }: Memory): boolean =>
  view !== null &&
  view.turns.length === TURNS &&
  Date.parse(view.since) - Date.parse(view.turns[0] ?? view.since) <= TOUR_WITHIN_MS;
