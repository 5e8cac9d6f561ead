import { NOWHERE, ON_GROUND } from './aircraft-mode.ts';
import {
  type CommandStatus,
  type DroneCommand,
  isActive,
  isStop,
  PROGRESS_WITHIN_MS,
  REPLY_WITHIN_MS,
} from './drone-command.ts';

export type Reply = {
  method: string | null;
  tid: string | null;
  result: number;
  data: Record<string, unknown>;
};

export type Progress = {
  status: string;
  result: number;
  remainingM: number | null;
  remainingS: number | null;
  data: Record<string, unknown>;
};

type Change = Partial<
  Pick<
    DroneCommand,
    | 'status'
    | 'authority'
    | 'tid'
    | 'resultCode'
    | 'said'
    | 'remainingM'
    | 'remainingS'
    | 'endedAt'
    | 'deadlineAt'
  >
>;

/** What a message changes, and what is to be sent then; undefined: nothing. */
export type Followed = { change: Change; send?: 'authority' | 'command' };

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

const ended = (status: CommandStatus, now: Date): Change => ({ status, endedAt: now });

/**
 * A gateway's reply to the message we sent last. One that refuses while the aircraft is in the air may only lack our
 * right to steer: that is asked for once, and the command sent again. A stop is done when it is answered. `nextTid` is for what is sent then.
 */
export const followReply = (
  command: DroneCommand,
  { method, tid, result, data }: Reply,
  { now, nextTid }: { now: Date; nextTid: string },
): Followed | undefined => {
  // Silence is not the last word: an aircraft that answers late flies all the same.
  if (command.status !== 'sent' && command.status !== 'timed_out') return undefined;
  if (tid !== null && tid !== command.tid) return undefined;
  const awaits = { tid: nextTid, deadlineAt: after(now, REPLY_WITHIN_MS) };
  if (command.authority === 'asked') {
    if (method !== null && method !== 'flight_authority_grab') return undefined;
    return result === 0
      ? { change: { authority: 'granted', ...awaits }, send: 'command' }
      : { change: { ...ended('refused', now), said: { ...command.said, authority: data } } };
  }
  if (method !== null && method !== command.method) return undefined;
  const said = { resultCode: result, said: data };
  if (result === 0 && isStop(command.method)) {
    return { change: { ...said, ...ended('done', now) } };
  }
  if (result === 0) {
    const deadlineAt = after(now, PROGRESS_WITHIN_MS);
    return { change: { ...said, status: 'accepted', endedAt: null, deadlineAt } };
  }
  return command.method !== 'takeoff_to_point' &&
    command.authority === 'not_asked' &&
    command.status === 'sent'
    ? { change: { ...said, authority: 'asked', ...awaits }, send: 'authority' }
    : { change: { ...said, ...ended('refused', now) } };
};

const FINAL: Readonly<Record<string, CommandStatus>> = {
  wayline_ok: 'done',
  task_finish: 'done',
  wayline_failed: 'failed',
  wayline_cancel: 'cancelled',
};

/** How the aircraft is getting on: `…_progress` events. Statuses that are not known count as "under way". */
export const followProgress = (
  command: DroneCommand,
  { status, result, remainingM, remainingS, data }: Progress,
  now: Date,
): Followed | undefined => {
  if (!isActive(command.status) && command.status !== 'timed_out') return undefined;
  const said = { resultCode: result, said: data, remainingM, remainingS };
  const final = Object.hasOwn(FINAL, status) ? FINAL[status] : undefined;
  if (final === 'cancelled') return { change: { ...said, ...ended('cancelled', now) } };
  if (result !== 0) return { change: { ...said, ...ended('failed', now) } };
  if (final !== undefined) return { change: { ...said, ...ended(final, now) } };
  const deadlineAt = after(now, PROGRESS_WITHIN_MS);
  return { change: { ...said, status: 'in_progress', endedAt: null, deadlineAt } };
};

/** What is known of an aircraft that was told to come home; times are of our receipt. */
export type ReturnSituation = {
  modeCode: number | null;
  heardAt: Date | null;
  inDock: boolean;
  dockHeardAt: Date | null;
};

/** Returning home, and the ways to land. */
const HOMING: readonly number[] = [9, 10, 11, 12];

/**
 * No event tells how a return is getting on, so what the aircraft says of itself does: that it flies home, stands, or
 * (taken over by hand) does something else. Only what was heard after it was asked counts.
 */
export const followReturn = (
  command: DroneCommand,
  { modeCode, heardAt, inDock, dockHeardAt }: ReturnSituation,
  now: Date,
): Change | undefined => {
  const isSince = (at: Date | null): boolean => at !== null && at > command.requestedAt;
  if (inDock && isSince(dockHeardAt)) return ended('done', now);
  if (modeCode === null || heardAt === null || !isSince(heardAt)) return undefined;
  if (ON_GROUND.includes(modeCode)) return ended('done', now);
  if (HOMING.includes(modeCode)) {
    const deadlineAt = after(heardAt, PROGRESS_WITHIN_MS);
    const isNews = command.status !== 'in_progress' || deadlineAt > command.deadlineAt;
    return isNews ? { status: 'in_progress', deadlineAt } : undefined;
  }
  const hasLeftOff = command.status === 'in_progress' && !NOWHERE.includes(modeCode);
  return hasLeftOff ? ended('cancelled', now) : undefined;
};
