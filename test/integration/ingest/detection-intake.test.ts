import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

type Problem = { errors?: { path: string; message: string }[] };

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const register = async (device: Record<string, unknown>): Promise<string> => {
  const answer = await service.call<{ secret: string }>('POST', 'devices', device);
  expect(answer.status).toBe(201);
  return answer.body.secret;
};
const smoke = (over: Record<string, unknown>) => ({
  at: new Date().toISOString(),
  kind: 'smoke',
  confidence: 0.8,
  ...over,
});
const report = (over: Record<string, unknown>) =>
  service.call<Problem>('POST', 'detections', smoke(over));

describe('a source that stands nowhere', () => {
  it.each(['satellite', 'caller', 'ranger'])('%s: is taken where it says where', async (kind) => {
    const deviceId = `src-${kind}`;
    await register({ id: deviceId, kind, name: kind });
    expect((await report({ deviceId, lon: 113.25, lat: 26.62 })).status).toBe(201);
    const nowhere = await report({ deviceId });
    expect(nowhere.status).toBe(422);
    expect(nowhere.body.errors?.[0]?.message).toContain('no position');
  });
});

describe('a frame', () => {
  const frame = { panDeg: 10, tiltDeg: -2, zoom: 12, widthPx: 1920, heightPx: 1080 };

  it('by zoom gives a direction once the lens is registered; until then the alarm goes without', async () => {
    const deviceId = 'cam-zoom';
    await register({ id: deviceId, kind: 'camera', name: deviceId, lon: 113.25, lat: 26.65 });
    const azimuthOf = async (over: Record<string, unknown>): Promise<number | null> => {
      const { status, body } = await report({ deviceId, frame, ...over });
      expect(status).toBe(201);
      const { rows } = await service.database.pool.query<{ azimuth_deg: number | null }>(
        'select azimuth_deg from detection where id = $1',
        [(body as { detectionId?: string }).detectionId],
      );
      return rows[0]?.azimuth_deg ?? null;
    };
    expect(await azimuthOf({})).toBeNull();
    expect(await azimuthOf({ azimuthDeg: 77 })).toBe(77);
    await service.call('PATCH', `devices/${deviceId}`, { hfovDeg: 60 });
    // Half of 60° at zoom 12 is atan(tan 30°/12), and the right edge of the box lies there.
    await vi.waitFor(async () => {
      expect(await azimuthOf({ bbox: [1, 0.4, 1, 0.5] })).toBeCloseTo(10 + 2.7551, 2);
    });
  });

  it('with a tilt of 200° is a dead letter whose reason says so', async () => {
    const id = 'cam-tilt';
    const secret = await register({ id, kind: 'camera', name: id, lon: 113.25, lat: 26.65 });
    const client = await service.connect(id, secret);
    const tilted = smoke({ frame: { ...frame, hfovDeg: 60, tiltDeg: 200 } });
    const topic = `fengsui/v1/camera/${id}/detection`;
    await client.publishAsync(topic, JSON.stringify(tilted), { qos: 1 });
    await client.endAsync();
    const { body } = await service.call<{ items: { topic: string; reason: string }[] }>(
      'GET',
      'dead-letters',
    );
    expect(body.items.find((letter) => letter.topic === topic)?.reason).toBe(
      '/frame/tiltDeg must be <= 90',
    );
    const byHttp = await report({ deviceId: id, ...tilted });
    expect(byHttp.status).toBe(400);
    expect(byHttp.body.errors?.map(({ path }) => path)).toContain('frame.tiltDeg');
  });
});

describe('a box without its frame', () => {
  const bbox = [0.5, 0.4, 0.5, 0.5];
  const at = (secondsAgo: number): string => new Date(Date.now() - secondsAgo * 1000).toISOString();
  const seen = async (deviceId: string, over: Record<string, unknown> = {}) => {
    const { body } = await report({ deviceId, bbox, ...over });
    const { rows } = await service.database.pool.query<{
      azimuth_deg: number | null;
      elevation_deg: number | null;
    }>('select azimuth_deg, elevation_deg from detection where id = $1', [
      (body as { detectionId?: string }).detectionId,
    ]);
    return rows[0];
  };
  const given = async (id: string, more: Record<string, unknown> = {}): Promise<string> =>
    register({ id, kind: 'camera', name: id, lon: 113.4, lat: 26.4, hfovDeg: 60, ...more });

  it('lies where a camera that does not turn is registered to look', async () => {
    await given('cam-fixed', { pose: { panDeg: 120, tiltDeg: -4 }, azimuthOffsetDeg: 5 });
    const { azimuth_deg: azimuthDeg, elevation_deg: elevationDeg } =
      (await seen('cam-fixed')) ?? {};
    expect(azimuthDeg).toBeCloseTo(125, 9);
    expect(elevationDeg).toBeCloseTo(-4, 9);
  });

  it('lies where the camera said it looked then, not where it looks now', async () => {
    const secret = await given('cam-tour');
    const client = await service.connect('cam-tour', secret);
    const looks = (secondsAgo: number, panDeg: number) =>
      client.publishAsync(
        'fengsui/v1/camera/cam-tour/telemetry',
        JSON.stringify({ at: at(secondsAgo), panDeg, tiltDeg: -2, hfovDeg: 40 }),
        { qos: 1 },
      );
    await looks(300, 10);
    await looks(40, 80);
    await looks(0, 200);
    await vi.waitFor(async () => {
      const { rows } = await service.database.pool.query(
        "select 1 from telemetry where device_id = 'cam-tour'",
      );
      expect(rows).toHaveLength(3);
    });
    expect((await seen('cam-tour', { at: at(38) }))?.azimuth_deg).toBeCloseTo(80, 9);
    // A minute after a camera's last word nobody knows where it looks.
    expect((await seen('cam-tour', { at: at(120) }))?.azimuth_deg).toBeNull();
    expect((await seen('cam-tour', { at: at(120), azimuthDeg: 33 }))?.azimuth_deg).toBe(33);
  });
});
