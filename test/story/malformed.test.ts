import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';

let town: TestService;

beforeAll(async () => {
  town = await startTestService();
});
afterAll(() => town?.stop());

const ROUNDS = 250;
const valid = {
  id: 'x',
  at: '2026-04-05T03:00:00Z',
  kind: 'smoke',
  confidence: 0.8,
  azimuthDeg: 10,
};
const json = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

/** Eight ways to be wrong, each with the code its dead letter must carry. */
const WRONG: { code: string; payload: (n: number) => Buffer }[] = [
  { code: 'invalid_json', payload: (n) => json(valid).subarray(0, 1 + (n % 60)) },
  { code: 'invalid_payload', payload: (n) => json({ ...valid, confidence: `0.${n}` }) },
  {
    code: 'invalid_json',
    payload: () =>
      Buffer.from('{"id":"x","at":"2026-04-05T03:00:00Z","kind":"smoke","confidence":NaN}'),
  },
  { code: 'invalid_payload', payload: (n) => json({ ...valid, lon: 113, lat: 91 + n }) },
  { code: 'too_large', payload: () => Buffer.alloc(1_048_576, 0x61) },
  { code: 'wrong_device', payload: (n) => json({ ...valid, deviceId: `cam-${n + 100}` }) },
  {
    code: 'invalid_utf8',
    payload: (n) => Buffer.from([0x7b, 0x22, 0xff, 0xfe, n % 256, 0x22, 0x7d]),
  },
  { code: 'invalid_payload', payload: () => json([null, { '\u0000': '\ud800' }]) },
];

it('leaves the service up after 2,000 malformed payloads, each listed with its reason, none an incident', async () => {
  const { body } = await town.call<{ secret: string }>('POST', 'devices', {
    id: 'cam-001',
    kind: 'camera',
    name: 'Tower',
    lon: 113.27,
    lat: 26.71,
  });
  const camera = await town.connect('cam-001', body.secret);
  const expected: Record<string, number> = {};
  const topic = 'fengsui/v1/camera/cam-001/detection';
  for (let n = 0; n < ROUNDS; n += 1) {
    await Promise.all(
      WRONG.map(({ code, payload }) => {
        expected[code] = (expected[code] ?? 0) + 1;
        return camera.publishAsync(topic, payload(n), { qos: 1 });
      }),
    );
  }
  expect(Object.values(expected).reduce((a, b) => a + b)).toBe(2000);

  const count = async (): Promise<Record<string, number>> => {
    const { rows } = await town.database.pool.query<{ code: string; count: number }>(
      'select code, count(*)::int as count from dead_letter group by code',
    );
    return Object.fromEntries(rows.map((row) => [row.code, row.count]));
  };
  await vi.waitFor(async () => expect(await count()).toEqual(expected), { timeout: 20_000 });

  // Listed through the API, page by page, each with its reason; and counted for Prometheus.
  const reasons: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await town.call<{ items: { reason: string }[]; next?: string }>(
      'GET',
      `dead-letters?limit=500${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    );
    reasons.push(...page.body.items.map((item) => item.reason));
    cursor = page.body.next;
  } while (cursor !== undefined);
  expect(reasons).toHaveLength(2000);
  expect(reasons.every((reason) => reason.length > 5)).toBe(true);
  const metrics = await (await fetch(`${town.service.httpUrl()}/metrics`)).text();
  expect(metrics).toContain(`fengsui_dead_letters_total{code="too_large"} ${ROUNDS}`);

  const incidents = await town.call<{ items: unknown[] }>('GET', 'incidents');
  expect(incidents.body.items).toEqual([]);

  // The service is up, and so is this camera: a good alarm still opens an incident.
  await camera.publishAsync(topic, json({ ...valid, at: new Date().toISOString() }), { qos: 1 });
  await vi.waitFor(async () => {
    const after = await town.call<{ items: unknown[] }>('GET', 'incidents');
    expect(after.body.items).toHaveLength(1);
  });
}, 120_000);
