import type { DroneCommand } from './drone-command.ts';

/** A message on `thing/product/{gateway}/services`. */
export type ServiceMessage = { topic: string; payload: string };

type Flight = Pick<
  DroneCommand,
  'id' | 'gatewayId' | 'method' | 'lon' | 'lat' | 'altitudeM' | 'flightHeightM' | 'speedMps'
>;

const serviceMessage = (
  { id: bid, gatewayId }: Pick<Flight, 'id' | 'gatewayId'>,
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

/**
 * The flight as the gateway is told of it: from the dock `takeoff_to_point`, in the air `fly_to_point`. When the link
 * is lost the aircraft comes home, at the height it flew out at; it never goes on alone towards a fire.
 */
export const flightMessage = (flight: Flight, tid: string, now: Date): ServiceMessage => {
  const { id, method, lon, lat, altitudeM, flightHeightM, speedMps } = flight;
  const data =
    method === 'fly_to_point'
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
  return serviceMessage(flight, { method, tid, now }, data);
};

/** Asks for the right to steer; a person with a controller in hand may have it. */
export const authorityMessage = (flight: Flight, tid: string, now: Date): ServiceMessage =>
  serviceMessage(flight, { method: 'flight_authority_grab', tid, now }, {});
