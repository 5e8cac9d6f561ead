import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { device, djiHarness, NOW } from './dji-harness.ts';
import { DJI_SAMPLES } from './dji-payloads.ts';

type Harness = ReturnType<typeof djiHarness>;

const send = (harness: Harness, topic: string, body: unknown) =>
  harness.ingest.handle({ topic, payload: Buffer.from(JSON.stringify(body)), publisherId: null });
const message = (over: Record<string, unknown>) => ({ tid: 't', bid: 'b', timestamp: 1, ...over });
const topo = (...sns: string[]) =>
  message({
    method: 'update_topo',
    data: { type: 2, sub_type: 0, sub_devices: sns.map((sn) => ({ sn, type: 91, sub_type: 1 })) },
  });

it.each(DJI_SAMPLES)('takes a message of each kind on $topic ($body.method)', async (sample) => {
  const harness = djiHarness();
  expect(await send(harness, sample.topic, sample.body)).toEqual({ kind: 'taken' });
  expect(harness.letters).toEqual([]);
});

describe('answers', () => {
  it('carry tid, bid and method of what they answer, on the topic beside it', async () => {
    const harness = djiHarness();
    await send(harness, 'sys/product/DOCK1/status', topo('DRONE1'));
    const request = message({ method: 'config', data: {} });
    await send(harness, 'thing/product/DOCK1/requests', request);
    expect(harness.answers).toEqual([
      {
        topic: 'sys/product/DOCK1/status_reply',
        message: {
          tid: 't',
          bid: 'b',
          method: 'update_topo',
          timestamp: NOW.getTime(),
          gateway: 'DOCK1',
          data: { result: 0 },
        },
      },
      {
        topic: 'thing/product/DOCK1/requests_reply',
        message: {
          tid: 't',
          bid: 'b',
          method: 'config',
          timestamp: NOW.getTime(),
          gateway: 'DOCK1',
          data: {
            app_id: '1',
            app_key: 'key',
            app_license: 'licence',
            ntp_server_host: '10.0.0.1',
            ntp_server_port: 123,
          },
        },
      },
    ]);
  });

  it.each([
    [1, 1],
    [0, 0],
    [undefined, 0],
  ])('to an event with need_reply %s: %d', async (needReply, answers) => {
    const harness = djiHarness();
    const event = message({ method: 'whatever', need_reply: needReply, data: {} });
    await send(harness, 'thing/product/DRONE1/events', event);
    expect(harness.answers).toHaveLength(answers);
    expect(harness.events).toEqual([{ deviceId: 'DRONE1', method: 'whatever' }]);
  });

  it.each([
    [{ devices: [{ sn: 'DRONE1' }, { sn: 'X' }] }, { result: 0 }],
    [{ module: 0 }, { result: 1 }],
    [{ organization_id: 'fengsui', device_binding_code: 'c' }, { result: 0 }],
    [{ config_scope: 'product' }, { app_id: '1' }],
    [{ bind_devices: [{ sn: 'DRONE1' }] }, { result: 0 }],
    [{ something: 'else' }, { result: 1 }],
  ])('to a request without its method go by what it asks: %o', async (data, expected) => {
    const harness = djiHarness();
    await send(harness, 'thing/product/DOCK1/requests', message({ data }));
    expect(harness.answers).toMatchObject([{ message: { tid: 't', bid: 'b', data: expected } }]);
    expect(harness.answers[0]?.message).not.toHaveProperty('method');
  });

  it('that cannot be sent lose nothing', async () => {
    const harness = djiHarness({ publish: () => Promise.reject(new Error('no broker')) });
    const outcome = await send(harness, 'sys/product/DOCK1/status', topo('DRONE1'));
    expect(outcome).toEqual({ kind: 'taken' });
    expect(harness.online).toContainEqual(['DRONE1', true]);
  });
});

describe('a topology', () => {
  it('puts what is in it online, and the rest of the gateway offline', async () => {
    const harness = djiHarness();
    harness.devices.set('DRONE2', device({ id: 'DRONE2', kind: 'drone', gatewayId: 'DOCK1' }));
    await send(harness, 'sys/product/DOCK1/status', topo('DRONE2'));
    expect(harness.online).toEqual([
      ['DOCK1', true],
      ['DRONE2', true],
      ['DRONE1', false],
    ]);
    harness.online.length = 0;
    await send(harness, 'sys/product/DOCK1/status', topo());
    expect(harness.online).toEqual([
      ['DOCK1', true],
      ['DRONE1', false],
      ['DRONE2', false],
    ]);
  });

  it('registers an aircraft nobody knows, but not without end', async () => {
    const harness = djiHarness();
    const sns = Array.from({ length: 12 }, (_, i) => `NEW${i}`);
    expect(await send(harness, 'sys/product/DOCK1/status', topo(...sns))).toMatchObject({
      kind: 'rejected',
      code: 'wrong_device',
    });
    const registered = sns.filter((sn) => harness.devices.get(sn)?.gatewayId === 'DOCK1');
    expect(registered).toHaveLength(7);
  });

  it.each([
    ['of another gateway', device({ id: 'X', kind: 'drone', gatewayId: 'DOCK2' })],
    ['of none', device({ id: 'X', kind: 'drone' })],
    ['that is a camera', device({ id: 'X', kind: 'camera' })],
    ['that is itself a dock', device({ id: 'X', kind: 'dock' })],
  ])('with a device %s is refused', async (_what, other) => {
    const harness = djiHarness();
    harness.devices.set('X', other);
    const outcome = await send(harness, 'sys/product/DOCK1/status', topo('X'));
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'wrong_device' });
    expect(harness.answers[0]?.message.data).toEqual({ result: 210_231 });
    expect(harness.online.map(([id]) => id)).not.toContain('X');
    expect(harness.devices.get('X')).toBe(other);
  });

  it('of what is no gateway is refused', async () => {
    const harness = djiHarness();
    const outcome = await send(harness, 'sys/product/DRONE1/status', topo('DRONE1'));
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'wrong_device' });
    expect(harness.answers[0]?.message.data).toEqual({ result: 1 });
  });
});

it.each(['osd', 'state', 'events', 'requests', 'services_reply'])(
  'refuses what names another gateway, on %s, also when the broker does not say who sent it',
  async (topic) => {
    const harness = djiHarness();
    const foreign = message({ gateway: 'DOCK2', method: 'hms', data: { result: 0 } });
    expect(await send(harness, `thing/product/DRONE1/${topic}`, foreign)).toMatchObject({
      kind: 'rejected',
      code: 'wrong_device',
      reason: 'gateway "DOCK2" speaks for "DRONE1", which is registered to "DOCK1"',
    });
    expect(harness.answers).toEqual([]);
    expect(harness.telemetry).toEqual([]);
  },
);

it('does not guess whose position DRC gives when a gateway has several aircraft', async () => {
  const harness = djiHarness();
  const push = { method: 'osd_info_push', data: { longitude: 113, latitude: 26 } };
  await send(harness, 'thing/product/DOCK1/drc/up', push);
  expect(harness.telemetry.map(({ deviceId }) => deviceId)).toEqual(['DRONE1']);
  harness.devices.set('DRONE2', device({ id: 'DRONE2', kind: 'drone', gatewayId: 'DOCK1' }));
  expect(await send(harness, 'thing/product/DOCK1/drc/up', push)).toMatchObject({
    kind: 'rejected',
  });
});

describe('arbitrary mutations of valid messages', () => {
  /** Every place in a JSON value. */
  const paths = (value: unknown, at: string[] = []): string[][] =>
    typeof value === 'object' && value !== null
      ? [at, ...Object.entries(value).flatMap(([key, below]) => paths(below, [...at, key]))]
      : [at];
  const replaced = (value: unknown, [key, ...rest]: string[], by: unknown): unknown => {
    if (key === undefined) return by;
    if (Array.isArray(value))
      return value.map((v, i) => (String(i) === key ? replaced(v, rest, by) : v));
    const record = value as Record<string, unknown>;
    const next = { ...record, [key]: replaced(record[key], rest, by) };
    if (rest.length === 0 && by === undefined) delete next[key];
    return next;
  };
  const mutated = fc.constantFrom(...DJI_SAMPLES).chain(({ topic, body }) =>
    fc
      .array(
        fc.tuple(
          fc.constantFrom(...paths(body).filter((path) => path.length > 0)),
          fc.oneof(
            fc.jsonValue(),
            fc.constantFrom(undefined, null, 0, -1, 32_767, 1e308, 91, -181, '', '../x', [], {}),
            fc.double({ noNaN: true }),
          ),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((changes) => ({
        topic,
        payload: Buffer.from(
          JSON.stringify(
            changes.reduce<unknown>((sofar, [path, by]) => {
              // A change before may have taken away what this one is in.
              try {
                return replaced(sofar, path, by);
              } catch {
                return sofar;
              }
            }, body),
          ) ?? '',
        ),
      })),
  );
  const damaged = fc
    .tuple(
      fc.constantFrom(...DJI_SAMPLES),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
    )
    .map(([{ topic, body }, flips]) => {
      const payload = Buffer.from(JSON.stringify(body));
      for (const [at, byte] of flips) payload[at % payload.length] = byte;
      return { topic, payload };
    });

  const inRange = (lon: number | null, lat: number | null): boolean =>
    (lon === null && lat === null) ||
    (lon !== null && lat !== null && Math.abs(lon) <= 180 && Math.abs(lat) <= 90);

  it('never throw, never give a position out of range, and end taken or with a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, damaged), async ({ topic, payload }) => {
        const harness = djiHarness();
        const outcome = await harness.ingest.handle({ topic, payload, publisherId: null });
        expect(['taken', 'rejected']).toContain(outcome.kind);
        expect(harness.letters).toHaveLength(outcome.kind === 'rejected' ? 1 : 0);
        for (const { code, reason } of harness.letters) {
          expect(reason).not.toBe('');
          // An internal error would be a bug that a mutation has found.
          expect(code).not.toBe('internal_error');
        }
        for (const { reading } of harness.telemetry) {
          expect(inRange(reading.lon, reading.lat)).toBe(true);
          const { laserTarget } = reading;
          expect(laserTarget === null || inRange(laserTarget.lon, laserTarget.lat)).toBe(true);
          expect(reading.observedAt.getTime()).not.toBeNaN();
        }
      }),
      { numRuns: 1_500, seed: 20_260_405 },
    );
  });
});
