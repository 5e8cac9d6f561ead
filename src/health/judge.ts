import type { DeviceProblem } from '../devices/index.ts';
import type { HealthSettings, ProblemCode } from '../shared/health-config.ts';
import { clockBehindS, hasToured, speaksRegularly } from './observe.ts';
import type { Memory, Reading } from './reading.ts';

export type Presence = 'up' | 'down' | 'unknown';

/** A problem as a look finds it; how long it has lasted is for the next step to say. */
export type Found = Omit<DeviceProblem, 'confirmed'>;

export type Verdict = {
  /** Whether it is there; unknown: nothing could tell, or it need not be (a drone that is switched off). */
  presence: Presence;
  /** False: there is nothing to judge it by. */
  judged: boolean;
  problems: Found[];
};

export type Look = {
  reading: Reading;
  memory: Memory;
  /** What it had at the look before. */
  known: readonly Pick<DeviceProblem, 'code'>[];
  /** The box that reports for it, when that is gone, and since when. */
  goneGateway: { id: string; since: string } | null;
  /** Since when devices have been looked at without a break: nobody heard what was said before. */
  watchedSince: Date;
  now: Date;
};

/** A reading older than this says nothing of now. */
const FRESH_MS = 600_000;
/** One that may be silent for weeks (it speaks when it sees smoke) is not called well for longer than this. */
const BELIEVED_MS = 24 * 3_600_000;
/** One heartbeat may be lost, two are bad luck. */
const HEARTBEATS_MISSED = 3;

/** What is wrong with a device. Pure. */
export const judge = (look: Look, settings: HealthSettings): Verdict => {
  const { reading } = look;
  if (reading.revoked) return { presence: 'unknown', judged: false, problems: [] };
  if (reading.seenAt === null && reading.online === null && look.goneGateway === null) {
    const since = look.now.toISOString();
    const problems = [problem('never_seen', since)];
    return { presence: 'unknown', judged: false, problems };
  }
  const silence = absence(look, settings);
  const problems = [
    ...silence,
    ...clockProblems(look, settings),
    ...viewProblems(look, settings),
    ...limitProblems(look, settings),
    ...hmsProblems(look, settings),
  ];
  if (silence.length > 0) return { presence: 'down', judged: true, problems };
  if (reading.kind === 'drone' && reading.online !== true) {
    return { presence: 'unknown', judged: true, problems };
  }
  const judged = isHeard(look, settings);
  return { presence: judged ? 'up' : 'unknown', judged, problems: judged ? problems : [] };
};

const problem = (
  code: ProblemCode,
  since: string,
  measured: Partial<Pick<Found, 'value' | 'limit' | 'detail'>> = {},
): Found => ({ code, since, value: null, limit: null, detail: null, ...measured });

const absence = (look: Look, settings: HealthSettings): Found[] => {
  const { reading, now, goneGateway, known } = look;
  const { kind, online, onlineAt, link, seenAt } = reading;
  const isConnected = link === 'bus' && online === true;
  // One that speaks is there, whatever was said of it: not every client says `online` again when it reconnects.
  const isLost = link === 'bus' && online === false && !isAfter(seenAt, onlineAt);
  // A drone is switched off between flights.
  if (kind !== 'drone' && isLost) return [problem('offline', (onlineAt ?? now).toISOString())];
  const isHeardSince =
    goneGateway !== null && (seenAt?.getTime() ?? 0) > Date.parse(goneGateway.since);
  if (kind === 'camera' && goneGateway !== null && !isConnected && !isHeardSince) {
    return [problem('offline', goneGateway.since, { detail: goneGateway.id })];
  }
  const limitS = silenceLimitS(look, settings);
  if (limitS === null || seenAt === null) return [];
  const wasSilent = known.some(({ code }) => code === 'stale');
  const from = wasSilent
    ? seenAt.getTime()
    : Math.max(seenAt.getTime(), look.watchedSince.getTime());
  return now.getTime() - from > limitS * 1000
    ? [problem('stale', seenAt.toISOString(), { limit: limitS })]
    : [];
};

const isAfter = (a: Date | null, b: Date | null): boolean => a !== null && b !== null && a > b;

/** After how much silence it is not there; null = its silence says nothing. */
const silenceLimitS = ({ reading, memory }: Look, { staleS }: HealthSettings): number | null => {
  const { kind, heartbeatS, telemetryAt, airborne, online } = reading;
  if (heartbeatS !== null) return heartbeatS === 0 ? null : HEARTBEATS_MISSED * heartbeatS;
  const limits: Readonly<Record<string, number | undefined>> = staleS;
  const limitS = limits[kind] ?? null;
  if (limitS === null) return null;
  if (kind === 'drone') return airborne && online === true ? limitS : null;
  if (kind === 'dock') return telemetryAt === null ? null : limitS;
  // Many cameras send no telemetry, or only while they turn.
  return speaksRegularly(memory, limitS) ? limitS : null;
};

const isHeard = (look: Look, settings: HealthSettings): boolean => {
  const { link, online, seenAt } = look.reading;
  if (link === 'bus' && online === true) return true;
  if (silenceLimitS(look, settings) !== null) return true;
  return seenAt !== null && look.now.getTime() - seenAt.getTime() <= BELIEVED_MS;
};

const clockProblems = ({ memory }: Look, { clockSkewS }: HealthSettings): Found[] => {
  const behindS = clockBehindS(memory);
  const [oldest] = memory.clock;
  return behindS === null || oldest === undefined || Math.abs(behindS) <= clockSkewS
    ? []
    : [problem('clock_skew', oldest.at, { value: behindS, limit: clockSkewS })];
};

const viewProblems = (
  { reading, memory, now }: Look,
  { stillS, sameFrameS }: HealthSettings,
): Found[] => {
  const found: Found[] = [];
  const { tour, telemetryAt, frame } = reading;
  const { view } = memory;
  const tours = tour ?? hasToured(memory);
  if (view !== null && tours && isFresh(telemetryAt, now)) {
    const isStill = now.getTime() - Date.parse(view.since) > stillS * 1000;
    if (isStill) found.push(problem('stuck_view', view.since, { limit: stillS }));
  }
  // Noise makes every picture another, so two alike come from a decoder that hangs.
  if (frame !== null && now.getTime() - frame.at.getTime() <= BELIEVED_MS) {
    const sameS = Math.round((frame.at.getTime() - frame.since.getTime()) / 1000);
    if (sameS >= sameFrameS) {
      const since = frame.since.toISOString();
      found.push(problem('same_frame', since, { value: sameS, limit: sameFrameS }));
    }
  }
  return found;
};

const limitProblems = ({ reading, now }: Look, settings: HealthSettings): Found[] => {
  const { telemetryAt, batteryPct, idleBatteryPct, windMps, rainLevel } = reading;
  if (!isFresh(telemetryAt, now)) return [];
  const since = now.toISOString();
  const found: Found[] = [];
  const charge = idleBatteryPct ?? batteryPct;
  if (charge !== null && charge < settings.minBatteryPct) {
    const measured = { value: Math.round(charge), limit: settings.minBatteryPct };
    found.push(problem('battery_low', since, measured));
  }
  if (windMps !== null && windMps > settings.maxWindMps) {
    const measured = { value: Math.round(windMps * 10) / 10, limit: settings.maxWindMps };
    found.push(problem('wind_high', since, measured));
  }
  if (rainLevel !== null && rainLevel >= HEAVY_ENOUGH) {
    found.push(problem('rain', since, { value: rainLevel, limit: HEAVY_ENOUGH }));
  }
  return found;
};

/** Moderate rain. */
const HEAVY_ENOUGH = 2;

const hmsProblems = (
  { reading: { hms }, now }: Look,
  { hmsLevel, hmsHoldS }: HealthSettings,
): Found[] => {
  if (hms === null || now.getTime() - hms.at.getTime() > hmsHoldS * 1000) return [];
  const [worst] = hms.list
    .filter(({ level }) => level >= hmsLevel)
    .toSorted((a, b) => b.level - a.level);
  if (worst === undefined) return [];
  const measured = { value: worst.level, limit: hmsLevel, detail: worst.code };
  return [problem('hms', hms.at.toISOString(), measured)];
};

const isFresh = (at: Date | null, now: Date): boolean =>
  at !== null && now.getTime() - at.getTime() <= FRESH_MS;
