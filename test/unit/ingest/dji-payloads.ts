/** One valid message of each kind a DJI gateway sends, in the shapes of the Cloud API v1.11. */

const envelope = (over: Record<string, unknown>) => ({
  tid: '5c2f7d1e-3a6b-4e0f-9d57-1b8a2c4d6e01',
  bid: '5c2f7d1e-3a6b-4e0f-9d57-1b8a2c4d6e02',
  timestamp: 1_775_358_000_000,
  gateway: 'DOCK1',
  ...over,
});

export type DjiSample = { topic: string; body: Record<string, unknown> };

export const AIRCRAFT_OSD = {
  '53-0-0': {
    gimbal_pitch: -45.2,
    gimbal_roll: 0,
    gimbal_yaw: -120.5,
    measure_target_altitude: 310.2,
    measure_target_distance: 640.7,
    measure_target_error_state: 0,
    measure_target_latitude: 26.7143,
    measure_target_longitude: 113.2741,
    payload_index: '53-0-0',
  },
  attitude_head: -41.7,
  attitude_pitch: 2.1,
  attitude_roll: -0.4,
  battery: {
    batteries: [{ capacity_percent: 88, index: 0, sn: 'TESTBATTERY', voltage: 24_100 }],
    capacity_percent: 88,
    landing_power: 12,
    remain_flight_time: 1260,
    return_home_power: 25,
  },
  distance_limit_status: { distance_limit: 8000, state: 0 },
  elevation: 118.4,
  gear: 1,
  height: 338.4,
  height_limit: 120,
  home_distance: 512.3,
  horizontal_speed: 7.5,
  latitude: 26.7091,
  longitude: 113.2692,
  maintain_status: { maintain_status_array: [{ last_maintain_type: 1, state: 0 }] },
  mode_code: 5,
  obstacle_avoidance: { downside: 1, horizon: 1, upside: 1 },
  position_state: { gps_number: 18, is_fixed: 2, quality: 5, rtk_number: 25 },
  storage: { total: 119_000_000, used: 4_200_000 },
  track_id: '',
  vertical_speed: 0,
  wind_direction: 2,
  wind_speed: 31,
};

export const DJI_SAMPLES: readonly DjiSample[] = [
  { topic: 'thing/product/DRONE1/osd', body: envelope({ data: AIRCRAFT_OSD }) },
  {
    topic: 'thing/product/DOCK1/osd',
    body: envelope({
      data: {
        latitude: 26.7088,
        longitude: 113.2688,
        height: 181.2,
        mode_code: 4,
        drone_in_dock: 0,
        wind_speed: 32_767,
        drone_charge_state: { state: 0, capacity_percent: 32_767 },
        sub_device: { device_sn: 'DRONE1', device_model_key: '0-67-1', device_online_status: 1 },
      },
    }),
  },
  {
    topic: 'thing/product/DRONE1/state',
    body: envelope({ data: { firmware_version: '09.01.0106', mode_code: 3 } }),
  },
  {
    topic: 'thing/product/DOCK1/drc/up',
    body: {
      method: 'osd_info_push',
      timestamp: 1_775_358_000_000,
      data: {
        attitude_head: 60,
        latitude: 26.71,
        longitude: 113.27,
        height: 312.5,
        speed_x: 3,
        speed_y: -4,
        speed_z: 0,
        gimbal_pitch: -20,
        gimbal_roll: 0,
        gimbal_yaw: 60,
      },
    },
  },
  {
    topic: 'sys/product/DOCK1/status',
    body: envelope({
      method: 'update_topo',
      data: {
        domain: '3',
        type: 2,
        sub_type: 0,
        sub_devices: [{ sn: 'DRONE1', domain: '0', type: 91, sub_type: 1, index: 'A' }],
      },
    }),
  },
  {
    topic: 'thing/product/DOCK1/requests',
    body: envelope({ method: 'config', data: { config_scope: 'product', config_type: 'json' } }),
  },
  {
    topic: 'thing/product/DOCK1/requests',
    body: envelope({
      method: 'airport_bind_status',
      data: { devices: [{ sn: 'DRONE1' }, { sn: 'DOCK1' }] },
    }),
  },
  {
    topic: 'thing/product/DOCK1/requests',
    body: envelope({
      method: 'airport_organization_get',
      data: { device_binding_code: 'code', organization_id: 'fengsui' },
    }),
  },
  {
    topic: 'thing/product/DOCK1/requests',
    body: envelope({
      method: 'airport_organization_bind',
      data: {
        bind_devices: [
          {
            sn: 'DRONE1',
            device_binding_code: 'code',
            organization_id: 'fengsui',
            device_callsign: '一号机',
            device_model_key: '0-91-1',
          },
        ],
      },
    }),
  },
  {
    topic: 'thing/product/DOCK1/events',
    body: envelope({
      method: 'hms',
      need_reply: 1,
      data: {
        list: [
          {
            args: { component_index: 0, sensor_index: 0 },
            code: '0x16100083',
            device_type: '0-91-1',
            imminent: 1,
            in_the_sky: 0,
            level: 2,
            module: 3,
          },
        ],
      },
    }),
  },
  {
    topic: 'thing/product/DRONE1/events',
    body: envelope({
      method: 'airsense_warning',
      need_reply: 1,
      data: [
        {
          altitude: 900,
          distance: 1200,
          heading: 89.1,
          icao: 'B-5931',
          latitude: 26.72,
          longitude: 113.28,
          relative_altitude: 80,
          warning_level: 3,
        },
      ],
    }),
  },
  {
    topic: 'thing/product/DOCK1/events',
    body: envelope({
      method: 'flighttask_progress',
      data: {
        output: {
          ext: { flight_id: 'flight', wayline_mission_state: 9 },
          progress: { current_step: 19, percent: 40 },
          status: 'in_progress',
        },
        result: 0,
      },
    }),
  },
  {
    topic: 'thing/product/DOCK1/events',
    body: envelope({
      method: 'fly_to_point_progress',
      need_reply: 1,
      data: {
        fly_to_id: '5c2f7d1e-3a6b-4e0f-9d57-1b8a2c4d6e02',
        planned_path_points: [{ height: 300, latitude: 26.72, longitude: 113.28 }],
        remaining_distance: 410,
        remaining_time: 35,
        result: 0,
        status: 'wayline_progress',
        way_point_index: 0,
      },
    }),
  },
  {
    topic: 'thing/product/DOCK1/services_reply',
    body: envelope({ method: 'fly_to_point', data: { result: 0, output: {} } }),
  },
];
