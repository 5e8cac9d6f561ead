import { geodesicInverse } from '../shared/geo.ts';
import { newId } from '../shared/ids.ts';
import type { Drone } from './fleet.ts';
import type { Flight } from './flight.ts';
import { turnDeg } from './watch.ts';

/** What a dock or aircraft sends, in the shape of the DJI Cloud API. */
export type DjiMessage = {
  tid: string;
  bid: string;
  timestamp: number;
  gateway: string;
  data: Record<string, unknown>;
};

/** Quasigeoid below the ellipsoid around 113.3°E 26.6°N, to a few metres: DJI gives ellipsoid heights. */
const GEOID_M = -15;
const AIRCRAFT_MODEL_KEY = '0-67-1';
/** Type, sub-type and position of the camera payload; its block in the OSD has this for a name. */
const PAYLOAD = '53-0-0';
const FULL_FLIGHT_S = 2_400;

const MODE_CODES = { docked: 0, patrol: 5, to_point: 17, watching: 20, returning: 9 } as const;

const envelope = (gateway: string, at: Date, data: Record<string, unknown>): DjiMessage => ({
  tid: newId(),
  bid: newId(),
  timestamp: at.getTime(),
  gateway,
  data,
});

const isFlying = (flight: Flight): boolean => flight.mode !== 'docked';

const batteryBlock = (flight: Flight): Record<string, unknown> => {
  const percent = Math.round(flight.batteryPct);
  const battery = (index: number): Record<string, unknown> => ({
    capacity_percent: percent,
    index,
    loop_times: 40 + index,
    sn: `DEMOBATTERY${index}`,
    sub_type: 0,
    temperature: 31.5,
    type: 0,
    voltage: 21_000 + percent * 40,
  });
  return {
    batteries: [battery(0), battery(1)],
    capacity_percent: percent,
    landing_power: 10,
    remain_flight_time: isFlying(flight) ? Math.round((percent / 100) * FULL_FLIGHT_S) : 0,
    return_home_power: 25,
  };
};

/** The laser of a watching aircraft lies on the fire; otherwise it has no echo (state 3). */
const payloadBlock = (flight: Flight, fireGroundM: number | null): Record<string, unknown> => {
  const target = flight.mode === 'watching' ? flight.target : null;
  const distanceM = target === null ? 0 : geodesicInverse(flight.at, target).distanceM;
  return {
    gimbal_pitch: isFlying(flight) ? (target === null ? -35 : -17) : 0,
    gimbal_roll: 0,
    gimbal_yaw: turnDeg(0, flight.headingDeg),
    measure_target_altitude: target === null ? 0 : (fireGroundM ?? 0) + GEOID_M,
    measure_target_distance: distanceM,
    measure_target_error_state: target === null ? 3 : 0,
    measure_target_latitude: target?.[1] ?? 0,
    measure_target_longitude: target?.[0] ?? 0,
    payload_index: PAYLOAD,
    version: 1,
    zoom_factor: 2,
  };
};

export type AircraftSituation = {
  flight: Flight;
  /** Ground below the aircraft, below its dock and below its target, metres above mean sea level. */
  groundM: number;
  dockGroundM: number;
  fireGroundM: number | null;
};

/**
 * `thing/product/{aircraft}/osd`. In the dock the aircraft has no satellite fix: `is_fixed` 0 and
 * latitude and longitude 0, as the real ones send it.
 */
export const aircraftOsd = (drone: Drone, situation: AircraftSituation, at: Date): DjiMessage => {
  const { flight, groundM, dockGroundM, fireGroundM } = situation;
  const flying = isFlying(flight);
  const heightMslM = groundM + flight.heightAboveGroundM;
  const home = geodesicInverse(drone.dock.at, flight.at).distanceM;
  return envelope(drone.dock.id, at, {
    [PAYLOAD]: payloadBlock(flight, fireGroundM),
    activation_time: 1_767_225_600,
    attitude_head: turnDeg(0, flight.headingDeg),
    attitude_pitch: flying ? -4.2 : 0,
    attitude_roll: 0,
    battery: batteryBlock(flight),
    distance_limit_status: { distance_limit: 8_000, state: 0 },
    elevation: flying ? heightMslM - dockGroundM : 0,
    firmware_version: '09.01.0106',
    gear: 1,
    height: flying ? heightMslM + GEOID_M : 0,
    height_limit: 500,
    home_distance: flying ? home : 0,
    horizontal_speed: flight.speedMps,
    latitude: flying ? flight.at[1] : 0,
    longitude: flying ? flight.at[0] : 0,
    mode_code: MODE_CODES[flight.mode],
    night_lights_state: 0,
    obstacle_avoidance: { downside: 1, horizon: 1, upside: 1 },
    position_state: flying
      ? { gps_number: 18, is_fixed: 2, quality: 5, rtk_number: 27 }
      : { gps_number: 0, is_fixed: 0, quality: 0, rtk_number: 0 },
    storage: { total: 119_000_000, used: 4_200_000 },
    total_flight_sorties: 212,
    track_id: '',
    vertical_speed: 0,
    wind_direction: 2,
    wind_speed: flying ? 31 : 0,
  });
};

/** The three messages over which a dock spreads its OSD. */
export const DOCK_OSD_PARTS = ['maintenance', 'link', 'environment'] as const;
export type DockOsdPart = (typeof DOCK_OSD_PARTS)[number];

const maintenance = (): Record<string, unknown> => ({
  job_number: 318,
  acc_time: 1_204_400,
  activation_time: 1_767_225_600,
  maintain_status: {
    maintain_status_array: [
      { state: 0, last_maintain_type: 17, last_maintain_time: 0, last_maintain_work_sorties: 0 },
    ],
  },
  electric_supply_voltage: 228,
  working_voltage: 25_300,
  working_current: 1_080,
  backup_battery: { voltage: 26_500, temperature: 28.4, switch: 1 },
  drone_battery_maintenance_info: { maintenance_state: 0, maintenance_time_left: 0 },
});

const link = (flying: boolean): Record<string, unknown> => ({
  flighttask_step_code: flying ? 2 : 255,
  media_file_detail: { remain_upload: 0 },
  wireless_link: {
    '4g_freq_band': 2.4,
    '4g_gnd_quality': 4,
    '4g_link_state': 1,
    '4g_quality': 4,
    '4g_uav_quality': flying ? 4 : 0,
    dongle_number: 1,
    link_workmode: 1,
    sdr_freq_band: 2.4,
    sdr_link_state: flying ? 1 : 0,
    sdr_quality: flying ? 4 : 0,
  },
});

const environment = (drone: Drone, flight: Flight): Record<string, unknown> => {
  const { dock } = drone;
  const flying = isFlying(flight);
  return {
    network_state: { type: 2, quality: 4, rate: 512.5 },
    drone_charge_state: {
      state: !flying && flight.batteryPct < 100 ? 1 : 0,
      // The dock cannot read a battery that is in the air.
      capacity_percent: flying ? 32_767 : Math.round(flight.batteryPct),
    },
    drone_in_dock: flying ? 0 : 1,
    rainfall: 0,
    wind_speed: 2.6,
    environment_temperature: 24.5,
    temperature: 25.1,
    humidity: 48,
    latitude: dock.at[1],
    longitude: dock.at[0],
    height: dock.groundHeightM + GEOID_M,
    alternate_land_point: {
      latitude: dock.at[1] + 0.0001,
      longitude: dock.at[0],
      safe_land_height: 30,
      is_configured: 1,
    },
    first_power_on: 1_767_225_600_000,
    position_state: { is_calibration: 1, is_fixed: 2, quality: 5, gps_number: 9, rtk_number: 26 },
    storage: { total: 82_045_336, used: 51_772 },
    mode_code: flying ? 4 : 0,
    cover_state: 0,
    supplement_light_state: 0,
    emergency_stop_state: 0,
    air_conditioner: { air_conditioner_state: 0, switch_time: 0 },
    battery_store_mode: 1,
    alarm_state: 0,
    putter_state: 0,
    sub_device: {
      device_sn: drone.id,
      device_model_key: AIRCRAFT_MODEL_KEY,
      device_online_status: flying ? 1 : 0,
      device_paired: 1,
    },
  };
};

/** One of the three partial messages of `thing/product/{dock}/osd`. */
export const dockOsd = (part: DockOsdPart, drone: Drone, flight: Flight, at: Date): DjiMessage => {
  const flying = isFlying(flight);
  const data =
    part === 'maintenance'
      ? maintenance()
      : part === 'link'
        ? link(flying)
        : environment(drone, flight);
  return envelope(drone.dock.id, at, data);
};
