import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { geodesicDirect, type LonLat } from '../../src/shared/geo.ts';
import { givenCounty, givenDutyOfficer } from '../support/duty.ts';
import { himawariTable, modisTable, viirsTable } from '../support/hotspot-tables.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';
import { startTableServer, type TableServer } from '../support/table-server.ts';

type Incident = {
  id: string;
  number: string;
  sources: string[];
  detectionCount: number;
  alertLevel: string;
  fix: { lon: number; lat: number; ellipse: { semiMajorM: number } };
};

const WITHIN = { timeout: 15_000, interval: 100 };
const PHONE = '+8613800000001';
const FIRE: LonLat = [113.27, 26.71];
const BOX = '112.970,26.470,113.530,27.030';
const VIIRS = `/csv/secret-key/VIIRS/${BOX}/1`;
const MODIS = `/csv/secret-key/MODIS/${BOX}/1`;
const minutesAgo = (minutes: number): Date =>
  new Date(Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000);
const near = (azimuthDeg: number, metres: number) => {
  const [lon, lat] = geodesicDirect(FIRE, azimuthDeg, metres);
  return { lon: Number(lon.toFixed(5)), lat: Number(lat.toFixed(5)) };
};

let smsc: Smsc;
let nasa: TableServer;
let town: TestService;

const incidents = async (): Promise<Incident[]> =>
  (await town.call<{ items: Incident[] }>('GET', 'incidents')).body.items;
/** Until what is served now has been fetched and taken, which a round later is certain. */
const polledTwice = async (path: string): Promise<void> => {
  const polls = () => nasa.requests.filter((request) => request.path === path).length;
  const before = polls();
  await vi.waitFor(() => expect(polls()).toBeGreaterThan(before + 1), WITHIN);
};

beforeAll(async () => {
  [smsc, nasa] = await Promise.all([startSmsc({ autoReceipt: 'DELIVRD' }), startTableServer()]);
  nasa.tables.set(VIIRS, { text: viirsTable([]) });
  nasa.tables.set(MODIS, { text: modisTable([]), etag: '"empty"' });
  town = await startTestService({
    SMPP_URL: smsc.url,
    FIRMS_URL: `${nasa.url}/csv/{MAP_KEY}/VIIRS/{BBOX}/1 ${nasa.url}/csv/{MAP_KEY}/MODIS/{BBOX}/1`,
    FIRMS_MAP_KEY: 'secret-key',
    HIMAWARI_URL: `${nasa.url}/h/{YYYY}{MM}{DD}_{hh}{mm}.csv`,
    HOTSPOTS_EVERY_S: '1',
  });
  await givenDutyOfficer(town, PHONE);
  await givenCounty(town);
});

afterAll(async () => {
  await town?.stop();
  await nasa?.stop();
  await smsc?.stop();
});

describe('a fire seen from space', () => {
  it('is one incident, however many pixels it has, and an SMS; what burns elsewhere is nobody’s here', async () => {
    nasa.tables.set(VIIRS, {
      text: viirsTable([
        { at: minutesAgo(100), lat: 28.2, lon: 113.2, confidence: 'h' },
        ...[0, 90, 180].map((azimuthDeg) => ({ at: minutesAgo(100), ...near(azimuthDeg, 375) })),
        { at: minutesAgo(100), lat: FIRE[1], lon: FIRE[0], frp: 31 },
        { at: minutesAgo(600), lat: 26.9, lon: 113.4 },
        { at: minutesAgo(100), lat: 26.9, lon: 113.1, confidence: 'l' },
      ]),
    });
    const sms = await smsc.waitForSms((m) => m.to === PHONE.slice(1), 20_000);
    const [incident, ...others] = await incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      sources: ['firms-viirs-noaa20'],
      detectionCount: 1,
      alertLevel: 'review',
      fix: { lon: FIRE[0], lat: FIRE[1] },
    });
    expect(incident?.fix.ellipse.semiMajorM).toBeGreaterThan(850);
    expect(sms.text).toContain(incident?.number);
    const { body } = await town.call<{ kind: string; name: string }>(
      'GET',
      'devices/firms-viirs-noaa20',
    );
    expect(body).toMatchObject({ kind: 'satellite', name: 'VIIRS NOAA-20' });
  });

  it('is not seen twice when the overpass is published anew with a better orbit', async () => {
    const [before] = await incidents();
    nasa.tables.set(VIIRS, {
      text: viirsTable([{ at: minutesAgo(99), ...near(45, 150), confidence: 'h' }]),
    });
    await polledTwice(VIIRS);
    expect(await incidents()).toEqual([before]);
  });

  it('of another satellite’s overpass, and of Himawari, joins', async () => {
    const slot = new Date(Math.floor(Date.now() / 600_000) * 600_000 - 600_000);
    const name = slot.toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '_');
    nasa.tables.set(`/h/${name}.csv`, {
      text: himawariTable([{ at: slot, ...near(200, 900), reliability: 5 }]),
    });
    nasa.tables.set(MODIS, {
      text: modisTable([{ at: minutesAgo(40), ...near(300, 600) }]),
      etag: '"overpass"',
    });
    await vi.waitFor(async () => {
      const found = await incidents();
      expect(found).toHaveLength(1);
      expect(found[0]?.sources.toSorted()).toEqual([
        'firms-modis-aqua',
        'firms-viirs-noaa20',
        'himawari',
      ]);
    }, WITHIN);
  });

  it('is not fetched again while the file has not changed', async () => {
    await polledTwice(MODIS);
    expect(nasa.requests.findLast(({ path }) => path === MODIS)?.status).toBe(304);
  });
});

it('a feed that is refused is told on /readyz, without its key, and keeps the service ready', async () => {
  nasa.tables.set(VIIRS, { text: 'Invalid MAP_KEY.' });
  await vi.waitFor(async () => {
    const response = await fetch(`${town.service.httpUrl()}/readyz`);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(/MAP_KEY\}\/VIIRS.*failing: the answer is no table: .*Invalid MAP_KEY/);
    expect(text).not.toContain('secret-key');
  }, WITHIN);
  const metrics = await (await fetch(`${town.service.httpUrl()}/metrics`)).text();
  expect(metrics).toMatch(/fengsui_hotspots_total\{outcome="outside"\} [1-9]/);
  expect(metrics).toMatch(/fengsui_hotspot_feed_age_seconds\{feed="127\.0\.0\.1/);
});
