import {
  type Device,
  type DeviceRegistry,
  type MavlinkSetup,
  mavlinkSetupOf,
} from '../devices/index.ts';
import { createLogLimiter } from '../shared/log-limiter.ts';
import type { Logger } from '../shared/logger.ts';
import type { BatchWriter, TelemetryRow } from '../telemetry/index.ts';
import { type Rejected, rejected } from './decoded.ts';
import {
  admitMavlink,
  type MavlinkAdmission,
  type MavlinkCandidate,
  type MavlinkRefusal,
} from './dialects/mavlink-admission.ts';
import {
  type BrokenRun,
  type MavlinkFrame,
  type MavlinkFrames,
  readMavlinkFrames,
} from './dialects/mavlink-frame.ts';
import { type MavlinkState, NOTHING_HEARD } from './dialects/mavlink-state.ts';
import { foldMavlink, type MavlinkStep } from './dialects/mavlink-telemetry.ts';
import { MAX_PAYLOAD_BYTES, tooLarge } from './payload.ts';

/** Of one drone and kind of mistake one dead letter a minute: a wrong setting would else fill the table. */
const LETTER_EVERY_MS = 60_000;
/** The state in the database is renewed that often, in case something else has said "offline" meanwhile. */
const TELL_ONLINE_EVERY_MS = 10_000;
/** Heartbeats come once a second; over a satellite every few minutes. */
const SILENT_AFTER_MS = { heartbeat: 15_000, high_latency: 600_000 } as const;

/** What became of a frame, or of bytes that are none; counted. */
export type MavlinkOutcome = 'taken' | 'unread' | BrokenRun | MavlinkRefusal;

export type MavlinkReceiverDeps = {
  registry: Pick<DeviceRegistry, 'all' | 'isRevoked'>;
  telemetry: Pick<BatchWriter, 'add'>;
  online: (deviceId: string, online: boolean, at: Date) => Promise<void>;
  count: (outcome: MavlinkOutcome, frames: number) => void;
  logger: Logger;
};

/** The bus names the drone, a datagram only where it came from. */
export type MavlinkOrigin = { device: Device } | { address: string };

export type MavlinkReceiver = {
  /**
   * Takes the frames in a message or a datagram. What is wrong with them is counted, and told with the first of a kind
   * in a minute. Resolves when the readings are in the batch; frames are taken in the order of the calls.
   */
  take(
    payload: Buffer,
    origin: MavlinkOrigin,
    receivedAt: Date,
  ): Promise<{ kind: 'taken' } | Rejected>;
  /** Drones heard by UDP that have gone silent are offline: no connection says so for them. */
  noteSilence(now: Date): Promise<void>;
};

/** What is remembered of one drone. There are as many as drones registered. */
type Session = {
  state: MavlinkState;
  streams: Map<string, number>;
  byUdp: boolean;
  isOnline: boolean;
  aliveMs: number;
  toldMs: number;
  silentAfterMs: number;
};

type Refused = Extract<MavlinkAdmission, { kind: 'refused' }>;

/** Raw MAVLink from the bus and from UDP: tells whose frames count, and folds them into telemetry and online state. */
export const createMavlinkReceiver = (deps: MavlinkReceiverDeps): MavlinkReceiver => {
  const { registry, telemetry, count, logger } = deps;
  const sessions = new Map<string, Session>();
  const setups = new WeakMap<Device, MavlinkSetup>();
  const letters = createLogLimiter(LETTER_EVERY_MS);

  const sessionOf = (id: string): Session => {
    const known = sessions.get(id);
    if (known !== undefined) return known;
    const fresh = newSession();
    sessions.set(id, fresh);
    return fresh;
  };

  /** The registry replaces a device that was changed. */
  const setupOf = (device: Device): MavlinkSetup => {
    const known = setups.get(device);
    if (known !== undefined) return known;
    const setup = mavlinkSetupOf(device);
    setups.set(device, setup);
    return setup;
  };

  const candidatesFor = (origin: MavlinkOrigin): MavlinkCandidate[] =>
    ('device' in origin ? [origin.device] : registry.all())
      .filter(({ kind }) => kind === 'drone')
      .map((device) => ({
        device,
        setup: setupOf(device),
        isRevoked: registry.isRevoked(device.id),
        streams: sessions.get(device.id)?.streams ?? NO_STREAMS,
      }));

  const fold = (device: Device, frame: MavlinkFrame, receivedAt: Date): MavlinkStep => {
    const session = sessionOf(device.id);
    const step = foldMavlink(session.state, frame, receivedAt);
    session.state = step.state;
    if (step.alive === null) return step;
    session.aliveMs = receivedAt.getTime();
    session.silentAfterMs = SILENT_AFTER_MS[step.alive];
    return step;
  };

  /** What could not be written is tried again a little later, and must not lose the readings beside it. */
  const tellOnline = async (deviceId: string, online: boolean, at: Date): Promise<void> => {
    const session = sessionOf(deviceId);
    session.isOnline = online;
    session.toldMs = at.getTime();
    try {
      await deps.online(deviceId, online, at);
    } catch (error) {
      session.isOnline = true;
      logger.warn({ err: error, deviceId, online }, 'online state not written');
    }
  };

  const isWorthTelling = ({ isOnline, toldMs }: Session, at: Date): boolean =>
    !isOnline || Math.abs(at.getTime() - toldMs) >= TELL_ONLINE_EVERY_MS;

  const letter = (problem: Problem | undefined, origin: MavlinkOrigin, at: Date) => {
    if (problem === undefined) return { kind: 'taken' } as const;
    const source = problem.deviceId ?? ('device' in origin ? origin.device.id : '');
    const more = letters(`${problem.why} ${source}`, at.getTime());
    if (more === undefined) return { kind: 'taken' } as const;
    const since = more === 0 ? '' : `; ${String(more)} more like it since the last such letter`;
    return rejected(CODES[problem.why], `${problem.reason}${since}`);
  };

  return {
    async take(payload, origin, receivedAt) {
      if (payload.length > MAX_PAYLOAD_BYTES) return tooLarge(payload.length);
      const found = readMavlinkFrames(payload);
      countBroken(found, count);
      const address = 'address' in origin ? origin.address : null;
      const rows: TelemetryRow[] = [];
      const alive = new Set<string>();
      let problem: Problem | undefined = brokenProblem(found);
      for (const frame of found.frames) {
        const verdict = admitMavlink(frame, candidatesFor(origin), { address, now: receivedAt });
        if (verdict.kind === 'refused') {
          count(verdict.why, 1);
          problem = worseProblem(problem, verdict);
          continue;
        }
        count('taken', 1);
        const { device, signed } = verdict;
        const session = sessionOf(device.id);
        if (signed !== null) session.streams.set(signed.stream, signed.timestamp);
        session.byUdp = address !== null;
        const step = fold(device, frame, receivedAt);
        if (step.reading !== null) {
          rows.push({ deviceId: device.id, receivedAt, reading: step.reading });
        }
        if (step.alive !== null && isWorthTelling(session, receivedAt)) alive.add(device.id);
      }
      for (const row of rows) await telemetry.add(row);
      for (const id of alive) await tellOnline(id, true, receivedAt);
      return letter(problem, origin, receivedAt);
    },

    async noteSilence(now) {
      for (const [id, session] of sessions) {
        const silentMs = now.getTime() - session.aliveMs;
        if (!session.byUdp || !session.isOnline || silentMs < session.silentAfterMs) continue;
        logger.info({ deviceId: id, silentMs }, 'no heartbeat: offline');
        await tellOnline(id, false, now);
      }
    },
  };
};

const NO_STREAMS: ReadonlyMap<string, number> = new Map();

const newSession = (): Session => ({
  state: NOTHING_HEARD,
  streams: new Map(),
  byUdp: false,
  isOnline: false,
  aliveMs: 0,
  toldMs: 0,
  silentAfterMs: 0,
});

type Problem = Pick<Refused, 'deviceId' | 'reason'> & {
  why: Exclude<MavlinkOutcome, 'taken' | 'unread' | 'cut_off' | 'ground_station'>;
};

const CODES: Record<Problem['why'], Rejected['code']> = {
  bad_crc: 'invalid_payload',
  garbage: 'invalid_payload',
  foreign: 'wrong_device',
  revoked: 'wrong_device',
  wrong_address: 'wrong_device',
  unsigned: 'wrong_device',
  bad_signature: 'wrong_device',
  replayed: 'wrong_device',
  ambiguous: 'wrong_device',
};

const countBroken = (found: MavlinkFrames, count: MavlinkReceiverDeps['count']): void => {
  for (const run of ['bad_crc', 'garbage', 'cut_off'] as const) {
    if (found.broken[run] > 0) count(run, found.broken[run]);
  }
  if (found.unread > 0) count('unread', found.unread);
};

/** A stream cut into messages anywhere begins with half a frame: only bytes without any frame are worth a letter. */
const brokenProblem = ({ frames, unread, broken }: MavlinkFrames): Problem | undefined => {
  if (broken.bad_crc > 0) {
    const reason =
      'a frame with a wrong checksum: damaged on its way, or of a dialect that lays this message out otherwise';
    return { why: 'bad_crc', deviceId: null, reason };
  }
  const isEmpty = frames.length === 0 && unread === 0;
  return isEmpty && broken.garbage > 0
    ? { why: 'garbage', deviceId: null, reason: 'no MAVLink frame in it' }
    : undefined;
};

/** What somebody can mend before what a radio does; ground stations are company, no mistake. */
const worseProblem = (
  known: Problem | undefined,
  { why, deviceId, reason }: Refused,
): Problem | undefined => {
  if (why === 'ground_station') return known;
  return known === undefined || known.why === 'bad_crc' ? { why, deviceId, reason } : known;
};
