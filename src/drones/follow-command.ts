import {
  type CommandStatus,
  type DroneCommand,
  isActive,
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
export type Followed = { change: Change; send?: 'authority' | 'flight' };

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

const ended = (status: CommandStatus, now: Date): Change => ({ status, endedAt: now });

/**
 * A gateway's reply to the message we sent last. One that refuses a `fly_to_point` may only lack our right to steer:
 * that is asked for once, and the flight sent again. `nextTid` is for what is sent then.
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
      ? { change: { authority: 'granted', ...awaits }, send: 'flight' }
      : { change: { ...ended('refused', now), said: { ...command.said, authority: data } } };
  }
  if (method !== null && method !== command.method) return undefined;
  const said = { resultCode: result, said: data };
  if (result === 0) {
    const deadlineAt = after(now, PROGRESS_WITHIN_MS);
    return { change: { ...said, status: 'accepted', endedAt: null, deadlineAt } };
  }
  return command.method === 'fly_to_point' &&
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
