import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findDevice, registerAircraft, registerDevice } from '../../../src/devices/index.ts';
import { orderOf } from '../../../src/drones/drone-command.ts';
import { endSilentCommands, findCommand } from '../../../src/drones/drone-command-store.ts';
import { createDroneCommands, type DroneCommands } from '../../../src/drones/drone-commands.ts';
import { createDeviceEventKeeper } from '../../../src/ingest/device-event-keeper.ts';
import { insertDeviceEvent, listDeviceEvents } from '../../../src/ingest/device-event-store.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

type Sent = { tid: string; bid: string; method: string };

const logger = pino({ level: 'silent' });
let database: TestDatabase;
let commands: DroneCommands;
let sent: Sent[] = [];
let brokerIsAway = false;
let now = new Date('2026-04-05T03:00:00Z');
const clock: Clock = { now: () => now };
const later = (s: number): void => {
  now = new Date(now.getTime() + s * 1000);
};

const FLIGHT = {
  deviceId: 'DRONE1',
  gatewayId: 'DOCK1',
  method: 'takeoff_to_point',
  lon: 113.28,
  lat: 26.72,
  altitudeM: 300,
  flightHeightM: 120,
  speedMps: 12,
  requestedBy: 'user:op',
} as const;

const stateOf = async (id: string) => {
  const command = await findCommand(database.pool, 'DRONE1', id);
  if (command === undefined) throw new Error('no such command');
  return command;
};
const reply = (to: Sent | undefined, result: number) =>
  commands.replied('DOCK1', to?.bid ?? null, {
    method: to?.method ?? null,
    tid: to?.tid ?? null,
    result,
    data: { result },
  });
const progress = (commandId: string | null, status: string) =>
  commands.progressed(
    'DOCK1',
    { method: 'takeoff_to_point', commandId },
    { status, result: 0, remainingM: 5, remainingS: 1, data: { status } },
  );

beforeAll(async () => {
  database = await createTestDatabase();
  const deps = { pool: database.pool, regionIdAt: () => 'default', hasRegion: () => true };
  await registerDevice(deps, { id: 'DOCK1', kind: 'dock', name: 'dock' });
  await registerDevice(deps, { id: 'DRONE1', kind: 'drone', name: 'drone', gatewayId: 'DOCK1' });
  commands = createDroneCommands({
    pool: database.pool,
    clock,
    logger,
    publish: async ({ payload, qos }) => {
      // A broker would keep a message of QoS 1 for a dock that is away.
      if (brokerIsAway || qos !== 0) throw new Error('out of reach');
      sent.push(JSON.parse(payload) as Sent);
    },
  });
});
beforeEach(async () => {
  sent = [];
  await database.pool.query('delete from drone_command');
});
afterAll(() => database?.drop());

describe('a command', () => {
  it('is one at a time, however many are asked for at once', async () => {
    const asked = Array.from({ length: 5 }, () => commands.send(FLIGHT));
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = settled.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { code: string }).code] : [],
    );
    expect(codes).toEqual(Array(4).fill('conflict'));
    expect(sent).toHaveLength(1);
  });

  it('takes the place of one under way, whose late words change nothing more', async () => {
    const first = await commands.send(FLIGHT);
    await reply(sent[0], 0);
    const second = await commands.send({ ...FLIGHT, method: 'fly_to_point' });
    expect(await stateOf(first.id)).toMatchObject({ status: 'superseded', endedAt: now });
    expect(await progress(first.id, 'wayline_progress')).toBe(true);
    expect((await stateOf(first.id)).status).toBe('superseded');
    expect((await stateOf(second.id)).status).toBe('sent');
  });

  it('to come home or to stop does not wait for the answer to the one before', async () => {
    const first = await commands.send(FLIGHT);
    await expect(commands.send(FLIGHT)).rejects.toMatchObject({ code: 'conflict' });
    const who = { deviceId: 'DRONE1', gatewayId: 'DOCK1', requestedBy: 'user:op' };
    const home = await commands.send({ ...who, ...orderOf('return_home') });
    expect((await stateOf(first.id)).status).toBe('superseded');
    const stop = await commands.send({ ...who, ...orderOf('return_home_cancel') });
    expect((await stateOf(home.id)).status).toBe('superseded');
    expect(sent.map(({ method }) => method)).toEqual([
      'takeoff_to_point',
      'return_home',
      'return_home_cancel',
    ]);
    await reply(sent[2], 0);
    expect(await stateOf(stop.id)).toMatchObject({ status: 'done', lon: null, speedMps: null });
  });

  it('that went silent and speaks again does not push out the one sent since', async () => {
    const first = await commands.send(FLIGHT);
    later(16);
    expect(await endSilentCommands(database.pool, now)).toMatchObject([{ status: 'timed_out' }]);
    const second = await commands.send(FLIGHT);
    await progress(first.id, 'wayline_progress');
    expect(await stateOf(first.id)).toMatchObject({ status: 'superseded', remainingM: 5 });
    expect((await stateOf(second.id)).status).toBe('sent');
    await progress(first.id, 'wayline_ok');
    expect((await stateOf(first.id)).status).toBe('superseded');
  });

  it('stays refused when nobody answers our asking for authority', async () => {
    const { id } = await commands.send({ ...FLIGHT, method: 'fly_to_point' });
    await reply(sent[0], 327_002);
    expect(sent.map(({ method }) => method)).toEqual(['fly_to_point', 'flight_authority_grab']);
    // The broker delivers the refusal a second time.
    await reply(sent[0], 327_002);
    expect((await stateOf(id)).status).toBe('sent');
    later(16);
    await endSilentCommands(database.pool, now);
    expect(await stateOf(id)).toMatchObject({ status: 'refused', resultCode: 327_002 });
  });

  it('that could not be sent has failed, and the next can be', async () => {
    brokerIsAway = true;
    await expect(commands.send(FLIGHT)).rejects.toMatchObject({ code: 'unavailable' });
    brokerIsAway = false;
    const { rows } = await database.pool.query('select status from drone_command');
    expect(rows).toEqual([{ status: 'failed' }]);
    expect((await commands.send(FLIGHT)).status).toBe('sent');
  });

  it('is found by progress that names none, when it is the only one', async () => {
    const { id } = await commands.send(FLIGHT);
    expect(await progress(null, 'wayline_progress')).toBe(true);
    expect((await stateOf(id)).status).toBe('in_progress');
  });

  it('is not answered by another gateway, nor by what is no answer of ours', async () => {
    const { id } = await commands.send(FLIGHT);
    const foreign = { method: 'takeoff_to_point', tid: sent[0]?.tid ?? null, result: 0, data: {} };
    expect(await commands.replied('DOCK2', id, foreign)).toBe(false);
    expect(await commands.replied('DOCK1', 'not-a-uuid', foreign)).toBe(false);
    expect(await progress('00000000-0000-7000-8000-000000000000', 'wayline_ok')).toBe(false);
    expect((await stateOf(id)).status).toBe('sent');
  });
});

describe('an aircraft a gateway brings', () => {
  it('is registered in the gateway’s region, once', async () => {
    const gateway = await findDevice(database.pool, 'DOCK1');
    if (gateway === undefined) throw new Error('no dock');
    const aircraft = { id: 'NEW1', name: ' ', modelKey: '0-91-1' };
    const results = await Promise.all([
      registerAircraft(database.pool, gateway, aircraft),
      registerAircraft(database.pool, gateway, aircraft),
    ]);
    expect(results.toSorted((a, b) => Number(a) - Number(b))).toEqual([false, true]);
    expect(await findDevice(database.pool, 'NEW1')).toMatchObject({
      name: 'NEW1',
      gatewayId: 'DOCK1',
      regionId: 'default',
      properties: { announcedBy: 'DOCK1', modelKey: '0-91-1' },
    });
  });
});

it('keeps each event once and as long as telemetry', async () => {
  const { pool } = database;
  const event = (tid: string | null, ageDays: number) => {
    const at = new Date(now.getTime() - ageDays * 86_400_000);
    const data = { text: 'a\u0000b' };
    return { deviceId: 'DOCK1', method: 'hms', tid, observedAt: at, receivedAt: at, data };
  };
  for (const [tid, age] of [
    ['a', 1],
    ['a', 1],
    [null, 2],
    [null, 2],
    ['old', 91],
  ] as const) {
    await insertDeviceEvent(pool, event(tid, age));
  }
  const list = () => listDeviceEvents(pool, { deviceId: 'DOCK1', limit: 10 });
  expect(await list()).toHaveLength(4);
  const keeper = createDeviceEventKeeper({ pool, clock, keepDays: 90, logger });
  await keeper.start();
  await keeper.stop();
  expect((await list()).map(({ data }) => data)).toEqual(Array(3).fill({ text: 'a\uFFFDb' }));
});
