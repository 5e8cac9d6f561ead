import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import { asRecord, type DjiMessage, within } from './dji-envelope.ts';
import { hmsLevelText } from './dji-mode.ts';
import { djiAzimuth, djiPosition } from './dji-osd.ts';

/** How an aircraft is getting on with a command of ours. */
export type CommandProgress = {
  method: 'takeoff_to_point' | 'fly_to_point';
  /** `flight_id` or `fly_to_id` as we gave it; null when it does not say. */
  commandId: string | null;
  status: string;
  result: number;
  remainingM: number | null;
  remainingS: number | null;
};

/** What an event says. `state` is shown with the latest state of the device it is about. */
export type DjiEvent = {
  method: string;
  about: 'gateway' | 'aircraft';
  state: Record<string, unknown>;
  progress: CommandProgress | null;
};

const HmsSchema = Type.Object({
  list: Type.Array(
    Type.Object({
      code: Type.String({ maxLength: 200 }),
      level: Type.Integer(),
      device_type: Type.Optional(Type.String({ maxLength: 40 })),
      imminent: Type.Optional(Type.Number()),
      in_the_sky: Type.Optional(Type.Number()),
      module: Type.Optional(Type.Number()),
    }),
    { maxItems: 100 },
  ),
});
const checkHms = compileSchema(HmsSchema);
const checkAirsense = compileSchema(
  Type.Array(
    Type.Object({
      icao: Type.Optional(Type.String({ maxLength: 40 })),
      warning_level: Type.Number(),
      longitude: Type.Optional(Type.Unknown()),
      latitude: Type.Optional(Type.Unknown()),
      distance: Type.Optional(Type.Unknown()),
      relative_altitude: Type.Optional(Type.Unknown()),
      heading: Type.Optional(Type.Unknown()),
    }),
    { minItems: 1, maxItems: 100 },
  ),
);

/**
 * Reads an event of a gateway. Pure; never throws: what it does not understand is kept by its name with nothing
 * shown. Some firmware leaves the method out of health and traffic messages; their data tells what they are.
 */
export const readDjiEvent = ({ method, data, observedAt }: DjiMessage): DjiEvent => {
  const event = (
    name: string,
    state: Record<string, unknown>,
    about: DjiEvent['about'] = 'gateway',
  ): DjiEvent => ({ method: name, about, state, progress: null });
  const hms = method === 'hms' || method === null ? checkHms(data) : undefined;
  if (hms?.ok === true) {
    const list = hms.value.list.map((item) => ({
      code: item.code,
      level: item.level,
      ...hmsLevelText(item.level),
      imminent: item.imminent === 1,
      inTheSky: item.in_the_sky === 1,
      deviceType: item.device_type ?? null,
      module: item.module ?? null,
    }));
    // Model keys begin with the domain: 0 is an aircraft.
    const ofAircraft =
      list.length > 0 && list.every(({ deviceType }) => deviceType?.startsWith('0-') === true);
    return event('hms', { hms: { at: observedAt, list } }, ofAircraft ? 'aircraft' : 'gateway');
  }
  const airsense =
    method === 'airsense_warning' || method === null ? checkAirsense(data) : undefined;
  if (airsense?.ok === true) {
    const list = airsense.value.map((other) => {
      const position = djiPosition(other.longitude, other.latitude);
      const known = position === null || position === 'invalid' ? null : position;
      return {
        icao: other.icao ?? null,
        level: other.warning_level,
        lon: known?.[0] ?? null,
        lat: known?.[1] ?? null,
        distanceM: within(other.distance, 0, 1e6),
        relativeAltitudeM: within(other.relative_altitude, -20_000, 20_000),
        headingDeg: djiAzimuth(other.heading),
      };
    });
    return event('airsense_warning', { airsense: { at: observedAt, list } }, 'aircraft');
  }
  const progress = readProgress(method, data);
  if (progress !== null) {
    return { ...event(method ?? 'unknown', {}), progress };
  }
  if (method === 'flighttask_progress')
    return event(method, { flightTask: taskOf(data, observedAt) });
  return event(method ?? 'unknown', {});
};

const readProgress = (method: string | null, data: unknown): CommandProgress | null => {
  const {
    status,
    result,
    remaining_distance: distance,
    remaining_time: time,
    ...rest
  } = asRecord(data);
  if (typeof status !== 'string' || status.length > 100) return null;
  const measured = {
    status,
    result: typeof result === 'number' && Number.isSafeInteger(result) ? result : 0,
    remainingM: within(distance, 0, 1e7),
    remainingS: within(time, 0, 1e7),
  };
  const idOf = (id: unknown): string | null => (typeof id === 'string' && id !== '' ? id : null);
  if (method === 'takeoff_to_point_progress') {
    return { method: 'takeoff_to_point', commandId: idOf(rest.flight_id), ...measured };
  }
  if (method === 'fly_to_point_progress') {
    return { method: 'fly_to_point', commandId: idOf(rest.fly_to_id), ...measured };
  }
  return null;
};

const taskOf = (data: unknown, at: Date): Record<string, unknown> => {
  const { output, result } = asRecord(data);
  const { status, progress, ext } = asRecord(output);
  return {
    at,
    status: typeof status === 'string' ? status : null,
    result: typeof result === 'number' ? result : null,
    percent: within(asRecord(progress).percent, 0, 100),
    flightId: asRecord(ext).flight_id ?? null,
  };
};
