export type FlightMethod = 'takeoff_to_point' | 'fly_to_point';
export type OrderMethod = 'return_home' | 'return_home_cancel' | 'fly_to_point_stop';
export type CommandMethod = FlightMethod | OrderMethod;

/** Where to, and how. */
export type Flight = {
  method: FlightMethod;
  lon: number;
  lat: number;
  /** Of the point, above the WGS-84 ellipsoid. */
  altitudeM: number;
  /** Above take-off, on the way there. */
  flightHeightM: number;
  speedMps: number;
};

/** To come home, or to stop where it is: it has no point. */
export type Order = { method: OrderMethod } & Record<Exclude<keyof Flight, 'method'>, null>;

export const orderOf = (method: OrderMethod): Order => ({
  method,
  lon: null,
  lat: null,
  altitudeM: null,
  flightHeightM: null,
  speedMps: null,
});

/** Coming home can be followed; a stop is done when it is answered. */
export const isStop = (method: CommandMethod): boolean =>
  method === 'return_home_cancel' || method === 'fly_to_point_stop';

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

/** What was asked of an aircraft. `id` is the bid of all messages about it and the flight_id or fly_to_id in them. */
export type DroneCommand = (Flight | Order) & {
  id: string;
  deviceId: string;
  gatewayId: string;
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
