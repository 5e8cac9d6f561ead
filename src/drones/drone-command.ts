export type CommandMethod = 'takeoff_to_point' | 'fly_to_point';

/**
 * `sent` (no answer yet), `accepted`, `in_progress`; then `done`, `refused` by the gateway, `failed` on the way,
 * `cancelled` there, `superseded` by a later one of ours, or `timed_out`: nothing more was heard.
 */
export type CommandStatus =
  | 'sent'
  | 'accepted'
  | 'in_progress'
  | 'done'
  | 'refused'
  | 'failed'
  | 'cancelled'
  | 'superseded'
  | 'timed_out';

/** A flight to a point. `id` is the bid of all messages about it and the flight_id or fly_to_id in them. */
export type DroneCommand = {
  id: string;
  deviceId: string;
  gatewayId: string;
  method: CommandMethod;
  lon: number;
  lat: number;
  /** Of the point, above the WGS-84 ellipsoid. */
  altitudeM: number;
  /** Above take-off, on the way there. */
  flightHeightM: number;
  speedMps: number;
  status: CommandStatus;
  authority: 'not_asked' | 'asked' | 'granted';
  /** Of the message whose reply is awaited. */
  tid: string;
  /** What the aircraft said last: its result code, 0 = fine, and the data it came in. */
  resultCode: number | null;
  said: Record<string, unknown> | null;
  remainingM: number | null;
  remainingS: number | null;
  requestedBy: string;
  requestedAt: Date;
  updatedAt: Date;
  endedAt: Date | null;
  deadlineAt: Date;
};

/** A gateway that is there answers at once; a take-off is answered after the dock has looked at its own state. */
export const REPLY_WITHIN_MS = 15_000;
/** The cover opens, the aircraft starts, finds itself and climbs: minutes may pass without a word. */
export const PROGRESS_WITHIN_MS = 180_000;

const ACTIVE: readonly CommandStatus[] = ['sent', 'accepted', 'in_progress'];
export const isActive = (status: CommandStatus): boolean => ACTIVE.includes(status);
