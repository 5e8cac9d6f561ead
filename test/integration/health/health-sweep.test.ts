import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayAvailability } from '../../../src/health/availability.ts';
import { listPresence, listWatches } from '../../../src/health/presence-store.ts';
import { mergeState, setAllOffline } from '../../../src/telemetry/index.ts';
import { type HealthHarness, startHealth } from './health-harness.ts';

let county: HealthHarness;
beforeAll(async () => {
  county = await startHealth();
});
afterAll(() => county?.database.drop());
beforeEach(async () => {
  county.tellings();
  county.clock.at = new Date('2026-11-02T04:00:00Z');
  await county.pool.query(
    'truncate device_health, device_absence, device_state, health_watch, health_summary',
  );
  await county.pool.query('delete from device');
  await county.pool.query(`delete from mqtt_credential where owner = 'device'`);
});

describe('the look at all devices', () => {
  it('tells what fails together in one message, after the hold-off, and once', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `cam-${String(i)}`);
    for (const id of ids) {
      await county.register(id, 'camera');
      await county.online(id);
    }
    await county.pass(30);
    // The wills of one mast come over a minute and a half.
    for (const id of ids) {
      await county.online(id, false);
      await county.pass(10);
    }
    await county.pass(190);
    expect(county.tellings()).toEqual([]);
    await county.pass(30);
    expect(county.tellings()).toEqual([ids.map((id) => `${id} unhealthy offline`)]);
    await county.pass(600);
    expect(county.tellings()).toEqual([]);
    for (const id of ids) await county.online(id);
    await county.pass(600 + 150);
    expect(county.tellings()).toEqual([ids.map((id) => `${id} recovered`)]);
  });

  it('counts what the bus lost between two looks', async () => {
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    await county.pass(10);
    for (let i = 0; i < 50; i++) {
      await county.online('cam-1', false);
      await county.online('cam-1');
    }
    await county.pass(140);
    expect(await county.healthOf('cam-1')).toEqual({ status: 'unhealthy', codes: ['flapping'] });
    expect(county.tellings()).toEqual([['cam-1 unhealthy flapping']]);
    await county.pass(3600 + 600 + 150);
    expect(county.tellings()).toEqual([['cam-1 recovered']]);
  });

  it('takes a restart of the embedded broker for no fault of those that come back', async () => {
    await county.register('cam-1', 'camera');
    await county.register('cam-2', 'camera');
    await county.online('cam-1');
    await county.heard('cam-2');
    await county.pass(10);
    await setAllOffline(county.pool, county.clock.at);
    await county.pass(100);
    expect(await county.healthOf('cam-1')).toEqual({ status: 'suspect', codes: ['offline'] });
    await county.online('cam-1');
    await county.pass(600);
    expect(await county.healthOf('cam-1')).toEqual({ status: 'healthy', codes: [] });
    expect(await county.healthOf('cam-2')).toEqual({ status: 'healthy', codes: [] });
    expect(county.tellings()).toEqual([]);
  });

  it('does not miss a dock it could not have heard, having been away itself', async () => {
    await county.register('dock-1', 'dock');
    await county.sends('dock-1');
    await county.pass(60, () => county.sends('dock-1'));
    county.clock.at = new Date(county.clock.at.getTime() + 3 * 3_600_000);
    await county.pass(110);
    expect(await county.healthOf('dock-1')).toEqual({ status: 'healthy', codes: [] });
    await county.pass(30);
    expect(await county.healthOf('dock-1')).toEqual({ status: 'unhealthy', codes: ['stale'] });
  });

  it('reads what a dock says of wind, rain, its aircraft’s charge and its own health', async () => {
    await county.register('dock-1', 'dock');
    await county.sends('dock-1', {
      osd: { wind_speed: 13.2, rainfall: 3, drone_charge_state: { state: 0, capacity_percent: 8 } },
    });
    const hms = { at: county.clock.at, list: [{ code: 'hms_dock_0x1', level: 2 }] };
    await mergeState(county.pool, 'dock-1', { hms });
    await county.pass(10);
    const seen = await county.healthOf('dock-1');
    expect(seen?.codes).toEqual(['battery_low', 'wind_high', 'rain', 'hms']);
    // An odd value of a dock is not the end of the look at all others.
    await county.sends('dock-1', {
      osd: { wind_speed: 'calm', rainfall: null, drone_charge_state: 7 },
    });
    await mergeState(county.pool, 'dock-1', { hms: 'none' });
    await county.pass(10);
    expect((await county.healthOf('dock-1'))?.codes).toEqual([]);
  });

  it('finds a wrong clock, and says so in one message', async () => {
    await county.register('cam-1', 'camera');
    const slow = () =>
      county.sends('cam-1', { observedAt: new Date(county.clock.at.getTime() - 95_000) });
    await county.pass(200, slow);
    expect((await county.healthOf('cam-1'))?.codes).toEqual([]);
    await county.pass(400, slow);
    expect(county.tellings()).toEqual([['cam-1 unhealthy clock_skew']]);
  });

  it('finds a camera that does not turn, and one whose picture stands still', async () => {
    await county.register('turns', 'camera', { properties: { tour: true } });
    await county.register('films', 'camera');
    await county.heard('films', 'a');
    await county.pass(320, () => county.sends('turns', { panDeg: 12, tiltDeg: -1 }));
    await county.heard('films', 'a');
    await county.pass(10);
    expect((await county.healthOf('films'))?.codes).toEqual(['same_frame']);
    await county.heard('films', 'b');
    await county.pass(10);
    expect((await county.healthOf('films'))?.codes).toEqual([]);
    await county.pass(3400, () => county.sends('turns', { panDeg: 12, tiltDeg: -1 }));
    expect((await county.healthOf('turns'))?.codes).toEqual(['stuck_view']);
  });

  it('misses the cameras behind a gateway with it', async () => {
    await county.register('nvr', 'gateway');
    await county.register('cam-1', 'camera', { gatewayId: 'nvr' });
    await county.register('a-camera', 'camera', { gatewayId: 'nvr' });
    await county.online('nvr');
    await county.heard('cam-1');
    await county.pass(10);
    await county.online('nvr', false);
    await county.pass(330);
    expect(county.tellings()).toEqual([
      ['a-camera unhealthy offline', 'cam-1 unhealthy offline', 'nvr unhealthy offline'],
    ]);
  });

  it('is one look at a time, and told once, however many processes look', async () => {
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    await county.pass(10);
    await county.online('cam-1', false);
    await county.pass(300);
    county.tellings();
    await county.pool.query(`update device_health set told = '{}'`);
    await county.pass(10);
    county.clock.at = new Date(county.clock.at.getTime() + 120_000);
    const several = [county.sweeper(), county.sweeper(), county.sweeper()];
    await Promise.all(several.map((one) => one.sweep()));
    expect(county.tellings()).toEqual([['cam-1 unhealthy offline']]);
  });

  it('goes on looking while nobody can be told, and tells when it can', async () => {
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    let away = true;
    const failing = county.sweeper({ bundleS: 0, holdOffS: {} }, () => away);
    await failing.sweep();
    await county.online('cam-1', false);
    await expect(failing.sweep()).rejects.toThrow('no way to tell');
    expect((await county.healthOf('cam-1'))?.status).toBe('unhealthy');
    away = false;
    await failing.sweep();
    expect(county.tellings()).toEqual([['cam-1 unhealthy offline']]);
  });

  it('writes nothing where nothing has changed', async () => {
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    await county.register('dock-1', 'dock');
    await county.sends('dock-1', { osd: { wind_speed: 14 } });
    await county.pass(20);
    const versions = () =>
      county.pool.query('select device_id, xmin::text from device_health order by 1');
    const before = (await versions()).rows;
    await county.pass(20);
    expect((await versions()).rows).toEqual(before);
  });
});

describe('how available a device was', () => {
  const availability = async (id: string, day: string, timeZone = 'Asia/Shanghai') => {
    const now = county.clock.at;
    const span = { from: new Date('2026-01-01'), to: new Date('2027-01-01') };
    const watches = await listWatches(county.pool, span.from, span.to);
    const [device] = await listPresence(county.pool, {
      ...span,
      now,
      regionIds: null,
      deviceId: id,
    });
    if (device === undefined) throw new Error(`no ${id}`);
    return dayAvailability({ ...device, watches }, day, timeZone);
  };
  /** As if it had been registered, and all had been looked at, since then. */
  const since = async (iso: string) => {
    await county.pool.query('update device set created_at = $1', [iso]);
    await county.pool.query('update health_watch set starts_at = $1', [iso]);
    await county.pool.query('update device_health set presence_since = $1', [iso]);
  };

  it('is shared between the days it was gone on, open or ended', async () => {
    // Half past eleven at night in Anren.
    county.clock.at = new Date('2026-11-02T15:29:50Z');
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    await county.pass(10);
    await since('2026-10-01T00:00:00Z');
    await county.online('cam-1', false);
    await county.pass(3600);
    // Gone from 23:30: half an hour of the first day, and half an hour of the new one so far.
    expect(await availability('cam-1', '2026-11-02')).toMatchObject({ downS: 1800, outages: 1 });
    expect(await availability('cam-1', '2026-11-03')).toMatchObject({
      knownS: 1800,
      downS: 1800,
      availability: 0,
    });
    await county.online('cam-1');
    await county.pass(1800);
    expect(await availability('cam-1', '2026-11-03')).toMatchObject({
      knownS: 3600,
      downS: 1810,
      outages: 0,
    });
  });

  it('leaves out the time in which nobody looked', async () => {
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    await county.pass(600);
    await county.online('cam-1', false);
    county.clock.at = new Date(county.clock.at.getTime() + 2 * 3_600_000);
    await county.pass(600);
    const { knownS, downS } = await availability('cam-1', '2026-11-02');
    expect(knownS).toBeLessThanOrEqual(1200);
    expect(downS).toBeGreaterThanOrEqual(580);
    expect(downS).toBeLessThanOrEqual(600);
  });

  it('knows the hours of the night in which clocks go back', async () => {
    county.clock.at = new Date('2026-10-24T21:59:50Z');
    await county.register('cam-1', 'camera');
    await county.online('cam-1');
    await county.pass(10);
    await since('2026-10-01T00:00:00Z');
    await county.online('cam-1', false);
    await county.pool.query(`update health_watch set ends_at = '2026-10-25T23:00:00Z'`);
    county.clock.at = new Date('2026-10-25T23:00:00Z');
    await county.pass(10);
    expect(await availability('cam-1', '2026-10-25', 'Europe/Berlin')).toMatchObject({
      knownS: 25 * 3600,
      downS: 25 * 3600,
    });
  });
});

describe('the daily summary', () => {
  const days = () => county.summaries.splice(0).map(({ day }) => day);
  const lookAt = async (iso: string, settings = {}) => {
    county.clock.at = new Date(iso);
    await county.sweeper(settings).sweep();
    return days();
  };

  it('goes out once a day at its local time, also over restarts and clocks that jump', async () => {
    await county.register('cam-1', 'camera');
    // Installed at noon: too late for today.
    expect(await lookAt('2026-11-02T04:00:00Z')).toEqual([]);
    expect(await lookAt('2026-11-02T23:59:00Z')).toEqual([]);
    expect(await lookAt('2026-11-03T00:00:00Z')).toEqual(['2026-11-03']);
    expect(await lookAt('2026-11-03T00:00:10Z')).toEqual([]);
    expect(await lookAt('2026-11-02T22:00:00Z')).toEqual([]);
    expect(await lookAt('2026-11-03T00:00:20Z')).toEqual([]);
    // The service was away in the morning: late is better than not at all.
    expect(await lookAt('2026-11-04T06:00:00Z')).toEqual(['2026-11-04']);
    const processes = [county.sweeper(), county.sweeper()];
    county.clock.at = new Date('2026-11-05T00:00:00Z');
    await Promise.all(processes.map((one) => one.sweep()));
    expect(days()).toEqual(['2026-11-05']);
    expect(await lookAt('2026-11-06T01:00:00Z', { summaryAt: null })).toEqual([]);
  });

  it('is not sent where there are no devices', async () => {
    expect(await lookAt('2026-11-02T04:00:00Z')).toEqual([]);
    expect(await lookAt('2026-11-03T00:00:00Z')).toEqual([]);
  });

  it('names who was least there the day before', async () => {
    await county.register('cam-1', 'camera');
    await county.register('cam-2', 'camera');
    await county.online('cam-1');
    await county.online('cam-2');
    await county.pass(600);
    await county.online('cam-2', false);
    await county.pass(600);
    county.clock.at = new Date('2026-11-03T00:00:00Z');
    await county.sweeper().sweep();
    expect(county.summaries.splice(0)).toMatchObject([
      {
        devices: [
          { id: 'cam-1', status: 'healthy' },
          { id: 'cam-2', status: 'unhealthy', problems: [{ code: 'offline' }] },
        ],
        yesterday: [{ name: 'cam-2' }],
      },
    ]);
  });
});
