import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { geodesicDirect, geodesicInverse, type LonLat, wrap360 } from '../../src/shared/geo.ts';
import { givenDutyOfficer } from '../support/duty.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';

type Fix = {
  lon: number;
  lat: number;
  method: string;
  ellipse: { semiMajorM: number; semiMinorM: number };
  flags?: string[];
  detectionIds?: string[];
};
type Incident = {
  id: string;
  number: string;
  status: string;
  confidence: number;
  alertLevel: string;
  detectionCount: number;
  sources: string[];
  fix: Fix;
  factors: { name: string }[];
};
type Event = { type: string; data: { old?: Fix; new?: Fix; fix?: Fix } };

const FIRE: LonLat = [113.3, 26.6];
const OTHER_FIRE: LonLat = geodesicDirect(FIRE, 100, 21_000);
/** Where each mast stands, seen from its fire: azimuth and distance. */
const MASTS: Record<string, { at: LonLat; sees: LonLat; errorDeg: number }> = {
  'cam-a': { at: geodesicDirect(FIRE, 200, 6000), sees: FIRE, errorDeg: 0.2 },
  'cam-b': { at: geodesicDirect(FIRE, 265, 4500), sees: FIRE, errorDeg: -0.3 },
  'cam-c': { at: geodesicDirect(FIRE, 320, 5200), sees: FIRE, errorDeg: 0.1 },
  'cam-d': { at: geodesicDirect(OTHER_FIRE, 80, 5000), sees: OTHER_FIRE, errorDeg: 0.2 },
};

let smsc: Smsc;
let town: TestService;
const clients = new Map<string, MqttClient>();

beforeAll(async () => {
  smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
  town = await startTestService({ SMPP_URL: smsc.url });
  for (const [id, { at }] of Object.entries(MASTS)) {
    const { body } = await town.call<{ secret: string }>('POST', 'devices', {
      id,
      kind: 'camera',
      name: `Mast ${id}`,
      lon: at[0],
      lat: at[1],
    });
    clients.set(id, await town.connect(id, body.secret));
  }
  await givenDutyOfficer(town, '+8613800000001');
});

afterAll(async () => {
  await town?.stop();
  await smsc?.stop();
});

let frame = 0;
const WITHIN = { timeout: 10_000, interval: 50 };
const alarm = async (id: string): Promise<void> => {
  const mast = MASTS[id];
  const client = clients.get(id);
  if (mast === undefined || client === undefined) throw new Error(`no mast ${id}`);
  const { azimuthDeg } = geodesicInverse(mast.at, mast.sees);
  frame += 1;
  await client.publishAsync(
    `fengsui/v1/camera/${id}/detection`,
    JSON.stringify({
      id: `alarm-${String(frame)}`,
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 0.8,
      azimuthDeg: wrap360(azimuthDeg + mast.errorDeg),
    }),
    { qos: 1 },
  );
  // An external broker acknowledges before the service has stored it.
  await vi.waitFor(async () => {
    const stored = (await incidents()).reduce((sum, { detectionCount }) => sum + detectionCount, 0);
    expect(stored).toBe(frame);
  }, WITHIN);
};
const incidents = async (): Promise<Incident[]> =>
  (await town.call<{ items: Incident[] }>('GET', 'incidents?limit=500')).body.items.toReversed();
const incidentOf = async (source: string): Promise<Incident> => {
  const found = (await incidents()).find(({ sources }) => sources.includes(source));
  if (found === undefined) throw new Error(`no incident of ${source}`);
  return found;
};
const eventsOf = async (id: string): Promise<Event[]> =>
  (await town.call<{ items: Event[] }>('GET', `incidents/${id}/events?limit=500`)).body.items;
const missM = ({ fix }: Incident): number => geodesicInverse([fix.lon, fix.lat], FIRE).distanceM;

describe('three cameras see one smoke and a fourth, far away, another', () => {
  const ellipses: number[] = [];

  it('opens one incident at the first, a bearing whose range nobody knows', async () => {
    await alarm('cam-a');
    const first = await incidentOf('cam-a');
    expect(first).toMatchObject({ alertLevel: 'review', fix: { method: 'bearing' } });
    expect(first.confidence).toBeCloseTo(0.29, 2);
    expect(first.fix.flags).toContain('no_terrain');
    ellipses.push(first.fix.ellipse.semiMajorM);
    await smsc.waitForSms(({ text }) => text.includes(`疑似火情${first.number}`));
  });

  it('crosses the second with it: a place, and a strong alarm that is told as such', async () => {
    await alarm('cam-b');
    const crossed = await incidentOf('cam-b');
    expect(crossed).toMatchObject({
      detectionCount: 2,
      alertLevel: 'strong',
      fix: { method: 'intersection' },
    });
    expect(crossed.confidence).toBeCloseTo(0.86, 2);
    expect(crossed.factors.map(({ name }) => name)).toContain('second_mast');
    expect(missM(crossed)).toBeLessThan(crossed.fix.ellipse.semiMajorM);
    ellipses.push(crossed.fix.ellipse.semiMajorM);
    await smsc.waitForSms(({ text }) => text.includes(`升级：火情${crossed.number}`));
  });

  it('gets better with the third', async () => {
    await alarm('cam-c');
    const third = await incidentOf('cam-c');
    expect(third).toMatchObject({ detectionCount: 3, sources: ['cam-a', 'cam-b', 'cam-c'] });
    expect(third.fix.detectionIds).toHaveLength(3);
    expect(missM(third)).toBeLessThan(100);
    ellipses.push(third.fix.ellipse.semiMajorM);
    expect(ellipses).toEqual(ellipses.toSorted((a, b) => b - a));
    expect(ellipses[2]).toBeLessThan(200);
  });

  it('opens another for the fourth', async () => {
    await alarm('cam-d');
    const all = await incidents();
    expect(all).toHaveLength(2);
    expect(all.map(({ sources }) => sources)).toEqual([['cam-a', 'cam-b', 'cam-c'], ['cam-d']]);
    await smsc.waitForSms(({ text }) => text.includes(`疑似火情${all[1]?.number ?? 'none'}`));
  });

  it('shows every fix in the timeline', async () => {
    const { id, fix } = await incidentOf('cam-a');
    const events = await eventsOf(id);
    const fixes = events.flatMap(({ type, data }) =>
      type === 'opened' ? [data.fix] : type === 'fix_updated' ? [data.new] : [],
    );
    expect(fixes.map((one) => one?.ellipse.semiMajorM)).toEqual(ellipses);
    expect(fixes.at(-1)).toEqual(fix);
  });

  it('is told no more by further frames: they neither reopen nor re-notify', async () => {
    await vi.waitFor(() => expect(smsc.messages).toHaveLength(3), WITHIN);
    for (const id of ['cam-a', 'cam-b', 'cam-c', 'cam-a']) await alarm(id);
    // A further alarm through the same pipe shows that those have been through it.
    const { id } = await incidentOf('cam-d');
    await town.call('POST', `incidents/${id}/dismiss`, { reason: 'dust of a quarry' });
    await alarm('cam-d');
    expect(await incidents()).toHaveLength(2);
    expect(await incidentOf('cam-a')).toMatchObject({ detectionCount: 7 });
    expect(await incidentOf('cam-d')).toMatchObject({ detectionCount: 2, status: 'dismissed' });
    const told = await town.call<{ items: unknown[] }>('GET', 'notifications?limit=500');
    expect(told.body.items).toHaveLength(3);
  });
});
