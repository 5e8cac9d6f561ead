import type { DroneCommand, Flight, Order } from './drone-command.ts';

/** A message on `thing/product/{gateway}/services`. */
export type ServiceMessage = { topic: string; payload: string };

type Addressed = Pick<DroneCommand, 'id' | 'gatewayId'>;

const serviceMessage = (
  { id: bid, gatewayId }: Addressed,
  { method, tid, now }: { method: string; tid: string; now: Date },
  data: Record<string, unknown>,
): ServiceMessage => ({
  topic: `thing/product/${gatewayId}/services`,
  payload: JSON.stringify({
    tid,
    bid,
    timestamp: now.getTime(),
    gateway: gatewayId,
    method,
    data,
  }),
});

/** Rounded as the protocol wants it: six decimals of a degree, a tenth of a metre. */
const degrees = (value: number): number => Math.round(value * 1e6) / 1e6;
const metres = (value: number): number => Math.round(value * 10) / 10;

/** What was asked, as the gateway is told of it. */
export const commandMessage = (
  command: Addressed & (Flight | Order),
  tid: string,
  now: Date,
): ServiceMessage => {
  const { method, id } = command;
  const data = command.lon === null ? {} : flightData(command, id);
  return serviceMessage(command, { method, tid, now }, data);
};

/**
 * From the dock `takeoff_to_point`, in the air `fly_to_point`. When the link is lost the aircraft comes home, at the
 * height it flew out at; it never goes on alone towards a fire.
 */
const flightData = (flight: Flight, id: string): Record<string, unknown> => {
  const { method, lon, lat, altitudeM, flightHeightM, speedMps } = flight;
  return method === 'fly_to_point'
    ? {
        fly_to_id: id,
        max_speed: speedMps,
        points: [{ latitude: degrees(lat), longitude: degrees(lon), height: metres(altitudeM) }],
      }
    : {
        flight_id: id,
        target_latitude: degrees(lat),
        target_longitude: degrees(lon),
        target_height: metres(altitudeM),
        security_takeoff_height: metres(flightHeightM),
        rth_mode: 1,
        rth_altitude: Math.ceil(flightHeightM),
        rc_lost_action: 2,
        commander_mode_lost_action: 1,
        commander_flight_mode: 1,
        commander_flight_height: metres(flightHeightM),
        max_speed: speedMps,
      };
};

/** Asks for the right to steer; a person with a controller in hand may have it. */
export const authorityMessage = (command: Addressed, tid: string, now: Date): ServiceMessage =>
  serviceMessage(command, { method: 'flight_authority_grab', tid, now }, {});
