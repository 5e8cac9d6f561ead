import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../src/shared/clock.ts';
import { createDjiDock, type DjiDock } from '../support/dji-dock.ts';
import { startTestService, type TestService } from '../support/service.ts';

type State = Record<string, unknown> & { osd?: Record<string, unknown> };
type Listed = {
  gatewayId: string | null;
  kind: string;
  name: string;
  properties: Record<string, unknown>;
  latest: { lon: number; lat: number; online: boolean | null; state: State } | null;
};
type Command = {
  id: string;
  method: string;
  status: string;
  resultCode: number | null;
  altitudeM: number;
  flightHeightM: number;
  notes?: string[];
};
type Problem = { detail: string };

const DOCK = 'TESTDOCK7CTXM01';
const AIRCRAFT = 'TEST1581F6Q8D01';
const OTHER_DOCK = 'TESTDOCK7CTXM02';
const PLACE = { longitude: 113.27, latitude: 26.71 };

let town: TestService;
let dock: DjiDock;
let other: DjiDock;
/** How far the service's clock is ahead of the machine's. */
let aheadMs = 0;
const clock: Clock = { now: () => new Date(Date.now() + aheadMs) };

const register = async (id: string): Promise<DjiDock> => {
  const { status, body } = await town.call<{ secret: string }>('POST', 'devices', {
    id,
    kind: 'dock',
    name: `机场 ${id.slice(-2)}`,
    lon: PLACE.longitude,
    lat: PLACE.latitude,
  });
  expect(status).toBe(201);
  return createDjiDock(await town.connect(id, body.secret), id);
};
const device = async (id: string): Promise<Listed> =>
  (await town.call<Listed>('GET', `devices/${id}`)).body;
const deadLetters = async (): Promise<{ code: string; reason: string; topic: string }[]> =>
  (
    await town.call<{ items: { code: string; reason: string; topic: string }[] }>(
      'GET',
      'dead-letters?limit=500',
    )
  ).body.items;
const topology = (...sns: string[]) => ({
  domain: '3',
  type: 3,
  sub_type: 0,
  device_secret: 'not kept',
  nonce: 'not kept',
  thing_version: '1.2.0',
  sub_devices: sns.map((sn) => ({
    sn,
    domain: '0',
    type: 100,
    sub_type: 1,
    index: 'A',
    device_secret: 'not kept',
    nonce: 'not kept',
    thing_version: '1.2.0',
  })),
});
const aircraftOsd = (over: Record<string, unknown> = {}) => ({
  '99-0-0': {
    gimbal_pitch: -30,
    gimbal_yaw: 10,
    measure_target_error_state: 1,
    measure_target_longitude: 0,
    measure_target_latitude: 0,
    measure_target_altitude: 0,
    measure_target_distance: 0,
  },
  ...PLACE,
  height: 180.5,
  elevation: 0,
  attitude_head: -90,
  horizontal_speed: 0,
  mode_code: 0,
  battery: { capacity_percent: 93, remain_flight_time: 0 },
  ...over,
});
/** Says it again until it shows: an external broker learns a moment later that the dock may speak for the aircraft. */
const osdUntil = (data: Record<string, unknown>, shows: (state: State) => void): Promise<void> =>
  vi.waitFor(
    async () => {
      await dock.say('osd', data, { on: AIRCRAFT });
      shows((await device(AIRCRAFT)).latest?.state ?? {});
    },
    { timeout: 20_000, interval: 200 },
  );
const flyTo = <T = Command>(body: Record<string, unknown>) =>
  town.call<T>('POST', `drones/${AIRCRAFT}/fly-to`, body);
const order = <T = Command>(what: 'return-home' | 'stop') =>
  town.call<T>('POST', `drones/${AIRCRAFT}/${what}`);
const commandIs = (id: string, expected: Partial<Command>): Promise<void> =>
  vi.waitFor(
    async () =>
      expect((await town.call('GET', `drones/${AIRCRAFT}/commands/${id}`)).body).toMatchObject(
        expected,
      ),
    { timeout: 20_000 },
  );

beforeAll(async () => {
  town = await startTestService(
    { DJI_APP_ID: '123456', DJI_APP_KEY: 'key', DJI_APP_LICENSE: 'licence' },
    { clock },
  );
  dock = await register(DOCK);
  other = await register(OTHER_DOCK);
});
afterAll(() => town?.stop());

describe('a factory-new dock logs in', () => {
  it('gets the licence it checks with DJI', async () => {
    const asked = { config_scope: 'product', config_type: 'json' };
    const answer = await dock.ask('requests', 'config', asked);
    expect(answer).toMatchObject({
      method: 'config',
      data: { app_id: '123456', app_key: 'key', app_license: 'licence' },
    });
  });

  it('is told what is bound, and of which organization', async () => {
    const devices = [{ sn: AIRCRAFT }, { sn: DOCK }];
    const status = await dock.ask('requests', 'airport_bind_status', { devices });
    expect(status.data).toMatchObject({
      result: 0,
      output: {
        bind_status: [
          { sn: AIRCRAFT, is_device_bind_organization: false },
          { sn: DOCK, is_device_bind_organization: true, device_callsign: '机场 01' },
        ],
      },
    });
    const organization = (organization_id: string) =>
      dock.ask('requests', 'airport_organization_get', {
        organization_id,
        device_binding_code: 'any',
      });
    expect((await organization('another')).data.result).toBe(210_229);
    expect((await organization('fengsui')).data).toMatchObject({
      result: 0,
      output: { organization_name: '烽燧 Fengsui' },
    });
  });

  it('binds itself and its aircraft, which is registered by that', async () => {
    const bind_devices = [DOCK, AIRCRAFT].map((sn) => ({
      sn,
      organization_id: 'fengsui',
      device_binding_code: 'any',
      device_callsign: `呼号 ${sn.slice(-2)}`,
      device_model_key: sn === DOCK ? '3-3-0' : '0-100-1',
    }));
    const answer = await dock.ask('requests', 'airport_organization_bind', { bind_devices });
    expect(answer.data).toEqual({
      result: 0,
      output: {
        err_infos: [
          { sn: DOCK, err_code: 0 },
          { sn: AIRCRAFT, err_code: 0 },
        ],
      },
    });
    expect(await device(AIRCRAFT)).toMatchObject({
      kind: 'drone',
      name: '呼号 01',
      gatewayId: DOCK,
      properties: { modelKey: '0-100-1', announcedBy: DOCK },
    });
  });

  it('gets an answer where there is nothing to give: no storage, a request nobody knows', async () => {
    expect((await dock.ask('requests', 'storage_config_get', { module: 0 })).data.result).toBe(1);
    expect((await dock.ask('requests', 'brand_new', { a: 1 })).data.result).toBe(1);
    const { body } = await town.call<{ items: { method: string; data: unknown }[] }>(
      'GET',
      `devices/${DOCK}/events`,
    );
    expect(body.items).toContainEqual(
      expect.objectContaining({ method: 'brand_new', data: { a: 1 } }),
    );
  });
});

describe('its topology', () => {
  it('puts the aircraft online and offline, answered with the same tid, bid and method', async () => {
    const on = await dock.ask('status', 'update_topo', topology(AIRCRAFT));
    expect(on).toMatchObject({ method: 'update_topo', data: { result: 0 } });
    expect((await device(AIRCRAFT)).latest?.online).toBe(true);
    expect((await device(DOCK)).latest?.online).toBe(true);
    await dock.ask('status', 'update_topo', topology());
    expect((await device(AIRCRAFT)).latest?.online).toBe(false);
    expect((await device(DOCK)).latest?.online).toBe(true);
    await dock.ask('status', 'update_topo', topology(AIRCRAFT));
    expect((await device(AIRCRAFT)).latest?.online).toBe(true);
  });

  it('is refused for the aircraft of another gateway, and that is kept', async () => {
    const answer = await other.ask('status', 'update_topo', topology(AIRCRAFT));
    expect(answer.data.result).toBe(210_231);
    const binding = await other.ask('requests', 'airport_organization_bind', {
      bind_devices: [{ sn: AIRCRAFT, organization_id: 'fengsui' }],
    });
    expect(binding.data.output).toEqual({ err_infos: [{ sn: AIRCRAFT, err_code: 210_231 }] });
    expect(await device(AIRCRAFT)).toMatchObject({ gatewayId: DOCK, latest: { online: true } });
    await vi.waitFor(async () =>
      expect(await deadLetters()).toContainEqual(
        expect.objectContaining({
          code: 'wrong_device',
          topic: `sys/product/${OTHER_DOCK}/status`,
          reason: `"${AIRCRAFT}" is registered to gateway "${DOCK}"`,
        }),
      ),
    );
  });

  it('goes to one gateway only when two bring the same new aircraft at once', async () => {
    const sn = 'TEST1581NEW';
    const answers = await Promise.all([
      dock.ask('status', 'update_topo', topology(AIRCRAFT, sn)),
      other.ask('status', 'update_topo', topology(sn)),
    ]);
    expect(new Set(answers.map(({ data }) => data.result))).toEqual(new Set([0, 210_231]));
    const owner = answers[0].data.result === 0 ? DOCK : OTHER_DOCK;
    expect((await device(sn)).gatewayId).toBe(owner);
    // It is sold: from here on the first dock has one aircraft again.
    const moved = await town.call('PATCH', `devices/${sn}`, { gatewayId: OTHER_DOCK });
    expect(moved.status).toBe(200);
  });
});

describe('telemetry', () => {
  it('gives position, mode in words and what the laser hit', async () => {
    const target = { longitude: 113.284, latitude: 26.722 };
    const laser = {
      '99-0-0': {
        gimbal_pitch: -30,
        gimbal_yaw: 10,
        measure_target_error_state: 0,
        measure_target_longitude: target.longitude,
        measure_target_latitude: target.latitude,
        measure_target_altitude: 320.5,
        measure_target_distance: 812.4,
      },
    };
    const osd = aircraftOsd({ ...laser, mode_code: 17, height: 410, elevation: 229.5 });
    await osdUntil(osd, (state) =>
      expect(state).toMatchObject({
        altitudeM: 410,
        altitudeRef: 'ellipsoid',
        headingDeg: 270,
        mode: { code: 17, zh: '指令飞行', en: 'live flight controls' },
        laserTarget: {
          lon: target.longitude,
          lat: target.latitude,
          altitudeM: 320.5,
          rangeM: 812.4,
          method: 'laser',
          ellipse: { semiMajorM: 30, semiMinorM: 30 },
        },
      }),
    );
    expect((await device(AIRCRAFT)).latest).toMatchObject({ lon: 113.27, lat: 26.71 });
    // Said once, so that the measurement stays the same from here on.
    const last = { '99-0-0': { ...laser['99-0-0'], measure_target_distance: 812.5 } };
    await dock.say('osd', { ...osd, ...last }, { on: AIRCRAFT });
    await vi.waitFor(async () =>
      expect((await device(AIRCRAFT)).latest?.state.laserTarget).toMatchObject({ rangeM: 812.5 }),
    );
  });

  it('becomes a fire where the laser lies, when a person says so, and once', async () => {
    const report = () =>
      town.call<{ incidentId: string }>('POST', `drones/${AIRCRAFT}/laser-target`, {
        kind: 'flame',
      });
    const first = await report();
    expect(first.status).toBe(201);
    const { body } = await town.call<{ sources: string[]; fix: Record<string, unknown> }>(
      'GET',
      `incidents/${first.body.incidentId}`,
    );
    expect(body).toMatchObject({
      sources: [AIRCRAFT],
      fix: { lon: 113.284, lat: 26.722, ellipse: { semiMajorM: 30, semiMinorM: 30 } },
    });
    expect(await report()).toMatchObject({ status: 200, body: first.body });
    aheadMs += 301_000;
    expect((await report()).status).toBe(409);
    expect((await town.call('POST', `drones/${DOCK}/laser-target`, { kind: 'flame' })).status).toBe(
      404,
    );
  });

  it('is not taken from another gateway', async () => {
    const foreign = aircraftOsd({ longitude: 120, latitude: 30 });
    await other.say('osd', foreign, { on: AIRCRAFT });
    await other.say('events', { list: [] }, { on: AIRCRAFT, method: 'hms', needReply: 1 });
    // What comes later by the same way shows that it has been through.
    await other.ask('status', 'update_topo', topology());
    await osdUntil(aircraftOsd({ mode_code: 3 }), (state) =>
      expect(state.mode).toMatchObject({ code: 3 }),
    );
    expect((await device(AIRCRAFT)).latest).toMatchObject({ lon: 113.27, lat: 26.71 });
  });

  it('of a dock adds up from its partial messages, 32767 being no reading', async () => {
    await dock.say('osd', { job_number: 492, drone_charge_state: { capacity_percent: 32_767 } });
    await dock.say('osd', { wireless_link: { sdr_quality: 5 } });
    await dock.say('osd', { ...PLACE, height: 180, mode_code: 4, wind_speed: 2.5 });
    await dock.say('state', { firmware_version: '10.01.32.05' });
    await vi.waitFor(async () =>
      expect((await device(DOCK)).latest?.state).toMatchObject({
        mode: { code: 4, zh: '作业中', en: 'working' },
        osd: {
          job_number: 492,
          drone_charge_state: { capacity_percent: null },
          wireless_link: { sdr_quality: 5 },
          wind_speed: 2.5,
          firmware_version: '10.01.32.05',
        },
      }),
    );
  });

  it('comes by DRC while somebody steers', async () => {
    const data = { ...PLACE, longitude: 113.275, height: 300, attitude_head: 60 };
    await vi.waitFor(async () => {
      const push = { ...data, speed_x: 3, speed_y: 4, speed_z: 0, gimbal_pitch: -20 };
      await dock.say('drc/up', push, { method: 'osd_info_push' });
      const { latest } = await device(AIRCRAFT);
      expect(latest).toMatchObject({ lon: 113.275, state: { speedMps: 5, headingDeg: 60 } });
    });
  });
});

describe('events', () => {
  it('are answered exactly when an answer is asked for', async () => {
    const silent = await dock.say('events', { flight_ids: ['a'] }, { method: 'flighttask_ready' });
    for (const [method, data] of [
      ['flighttask_progress', { output: { status: 'in_progress', progress: { percent: 40 } } }],
      ['return_home_info', { flight_id: 'f', planned_path_points: [] }],
      ['device_exit_homing_notify', { action: 1, reason: 0, sn: DOCK }],
      ['file_upload_callback', { file: { name: 'fire.jpeg' } }],
      ['airsense_warning', [{ icao: 'B-5931', warning_level: 3, ...PLACE, distance: 900 }]],
      ['something_new', { x: 1 }],
    ] as const) {
      const answer = await dock.ask('events', method, data);
      expect(answer).toMatchObject({ method, data: { result: 0 } });
    }
    const answered = dock.received.filter(({ message }) => message.tid === silent.tid);
    expect(answered).toEqual([]);
    const { body } = await town.call<{ items: { method: string }[] }>(
      'GET',
      `devices/${DOCK}/events?limit=100`,
    );
    const methods = body.items.map(({ method }) => method);
    expect(methods).toContain('flighttask_ready');
    expect(methods).toContain('something_new');
    expect((await device(DOCK)).latest?.state.flightTask).toMatchObject({ percent: 40 });
    expect((await device(AIRCRAFT)).latest?.state.airsense).toMatchObject({
      list: [{ icao: 'B-5931', level: 3, distanceM: 900 }],
    });
  });

  it('of the aircraft’s own serial number too, with the health levels in words', async () => {
    const list = [
      {
        code: '0x16100083',
        level: 2,
        device_type: '0-100-1',
        imminent: 1,
        in_the_sky: 0,
        module: 3,
      },
    ];
    await dock.client.subscribeAsync(`thing/product/${AIRCRAFT}/events_reply`, { qos: 1 });
    // Without its method, as some firmware sends it.
    const sent = await dock.say('events', { list }, { on: AIRCRAFT, needReply: 1 });
    const answer = await vi.waitUntil(
      () => dock.received.find(({ message }) => message.tid === sent.tid)?.message,
    );
    expect(answer.data).toEqual({ result: 0 });
    expect((await device(AIRCRAFT)).latest?.state.hms).toMatchObject({
      list: [{ code: '0x16100083', level: 2, zh: '警告', en: 'warning', imminent: true }],
    });
  });

  it('that cannot be read become dead letters', async () => {
    await dock.client.publishAsync(`thing/product/${DOCK}/events`, '{"tid": 5', { qos: 1 });
    await vi.waitFor(async () =>
      expect(await deadLetters()).toContainEqual(
        expect.objectContaining({ code: 'invalid_json', topic: `thing/product/${DOCK}/events` }),
      ),
    );
  });
});

describe('a drone is sent to a fire', () => {
  const fire = { lon: 113.282, lat: 26.722 };
  const landed = () =>
    osdUntil(aircraftOsd({ mode_code: 0 }), (state) =>
      expect(state.mode).toMatchObject({ code: 0 }),
    );
  const flying = () =>
    osdUntil(aircraftOsd({ mode_code: 3, height: 330, elevation: 150 }), (state) =>
      expect(state).toMatchObject({ mode: { code: 3 }, altitudeM: 330 }),
    );

  it('from its dock: takes off, says how far it is, and is there', async () => {
    await landed();
    dock.onService(() => ({ result: 0 }));
    const { status, body } = await flyTo(fire);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      method: 'takeoff_to_point',
      status: 'sent',
      altitudeM: 300,
      flightHeightM: 120,
      notes: ['unknown_ground'],
    });
    const command = await dock.command('takeoff_to_point');
    expect(command).toMatchObject({
      bid: body.id,
      gateway: DOCK,
      data: {
        flight_id: body.id,
        target_longitude: fire.lon,
        target_latitude: fire.lat,
        target_height: 300,
        security_takeoff_height: 120,
        commander_flight_height: 120,
        rth_altitude: 120,
        max_speed: 12,
        rc_lost_action: 2,
        commander_mode_lost_action: 1,
      },
    });
    await commandIs(body.id, { status: 'accepted', resultCode: 0 });
    const progress = (state: string, remaining_distance: number) =>
      dock.ask('events', 'takeoff_to_point_progress', {
        flight_id: body.id,
        status: state,
        result: 0,
        remaining_distance,
        remaining_time: 60,
      });
    await progress('wayline_progress', 900);
    const way = (await town.call('GET', `drones/${AIRCRAFT}/commands/${body.id}`)).body;
    expect(way).toMatchObject({ status: 'in_progress', remainingM: 900, remainingS: 60 });
    await progress('wayline_ok', 0);
    await progress('task_finish', 0);
    await commandIs(body.id, { status: 'done' });
  });

  it('or is refused, with what the aircraft said', async () => {
    await landed();
    dock.onService(() => ({ result: 336_003, output: { reason: 'wind' } }));
    const { body } = await flyTo(fire);
    await commandIs(body.id, { status: 'refused', resultCode: 336_003 });
    const { body: list } = await town.call<{ items: (Command & { said: unknown })[] }>(
      'GET',
      `drones/${AIRCRAFT}/commands?limit=1`,
    );
    expect(list.items).toMatchObject([
      { id: body.id, said: { result: 336_003, output: { reason: 'wind' } } },
    ]);
  });

  it('in the air: turns there, once it has let us steer', async () => {
    await flying();
    let mayWeSteer = false;
    dock.onService(({ method }) => {
      if (method === 'flight_authority_grab') mayWeSteer = true;
      return { result: mayWeSteer ? 0 : 327_002 };
    });
    const { status, body } = await flyTo({ ...fire, heightM: 100, speedMps: 8 });
    expect(status).toBe(202);
    expect(body.method).toBe('fly_to_point');
    await commandIs(body.id, { status: 'accepted', resultCode: 0 });
    const sent = dock.received.filter(
      ({ topic, message }) => topic === 'services' && message.bid === body.id,
    );
    expect(sent.map(({ message }) => message.method)).toEqual([
      'fly_to_point',
      'flight_authority_grab',
      'fly_to_point',
    ]);
    expect(sent.at(-1)?.message.data).toEqual({
      fly_to_id: body.id,
      max_speed: 8,
      points: [{ longitude: fire.lon, latitude: fire.lat, height: 280 }],
    });
    await dock.ask('events', 'fly_to_point_progress', {
      fly_to_id: body.id,
      status: 'wayline_failed',
      result: 337_538,
    });
    await commandIs(body.id, { status: 'failed', resultCode: 337_538 });
  });

  it('or says nothing, which is told too; and late words count', async () => {
    await landed();
    dock.onService(() => undefined);
    const { body } = await flyTo(fire);
    await dock.command('takeoff_to_point');
    expect((await flyTo<Problem>(fire)).status).toBe(409);
    aheadMs += 20_000;
    await commandIs(body.id, { status: 'timed_out', resultCode: null });
    await dock.ask('events', 'takeoff_to_point_progress', {
      flight_id: body.id,
      status: 'wayline_ok',
      result: 0,
    });
    await commandIs(body.id, { status: 'done' });
  });

  it('and is called home: it flies there, and is done when it stands', async () => {
    await flying();
    dock.onService(() => ({ result: 0, output: { status: 'in_progress' } }));
    const { status, body } = await order('return-home');
    expect(status).toBe(202);
    expect(body).toMatchObject({ method: 'return_home', lon: null, status: 'sent' });
    expect(await dock.command('return_home')).toMatchObject({ bid: body.id, data: {} });
    await commandIs(body.id, { status: 'accepted', resultCode: 0 });
    await osdUntil(aircraftOsd({ mode_code: 9, height: 330, elevation: 150 }), (state) =>
      expect(state.mode).toMatchObject({ code: 9 }),
    );
    await commandIs(body.id, { status: 'in_progress' });
    await landed();
    await commandIs(body.id, { status: 'done' });
    const again = await order<Problem>('return-home');
    expect([again.status, again.body.detail]).toEqual([
      409,
      expect.stringContaining('it is on the ground'),
    ]);
  });

  it('and is stopped on its way, at once, whether it has answered or not', async () => {
    await flying();
    dock.onService(() => undefined);
    const flight = await flyTo(fire);
    dock.onService(({ method }) => (method === 'fly_to_point_stop' ? { result: 0 } : undefined));
    const stop = await order('stop');
    expect(stop).toMatchObject({ status: 202, body: { method: 'fly_to_point_stop' } });
    await commandIs(stop.body.id, { status: 'done', resultCode: 0 });
    await commandIs(flight.body.id, { status: 'superseded' });
  });

  it('or is let hover when it was coming home', async () => {
    await osdUntil(aircraftOsd({ mode_code: 9, height: 330 }), (state) =>
      expect(state.mode).toMatchObject({ code: 9 }),
    );
    dock.onService(() => ({ result: 314_019 }));
    const { body } = await order('stop');
    expect(body.method).toBe('return_home_cancel');
    await dock.command('flight_authority_grab');
    await commandIs(body.id, { status: 'refused', resultCode: 314_019 });
    expect((await town.call('POST', `drones/${DOCK}/stop`)).status).toBe(404);
  });

  it('but not where the county does not let it, nor when nobody knows how it is', async () => {
    await landed();
    const far = await flyTo<Problem>({ lon: 113.9, lat: 26.71 });
    expect(far.status).toBe(422);
    expect(far.body.detail).toContain('the county allows 7000 m');
    expect((await flyTo({ lon: 0, lat: 0 })).status).toBe(422);
    const missing = await town.call('POST', `drones/${DOCK}/fly-to`, fire);
    expect(missing.status).toBe(404);
    aheadMs += 60_000;
    const silent = await flyTo<Problem>(fire);
    expect(silent.status).toBe(409);
    expect(silent.body.detail).toContain('whether it is in the air is not known');
  });
});
