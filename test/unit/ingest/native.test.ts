import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDeviceMessage, decodePersonMessage } from '../../../src/ingest/dialects/native.ts';

const detection = {
  id: 'evt-1',
  at: '2026-04-05T03:00:00+08:00',
  kind: 'smoke',
  confidence: 0.8,
  azimuthDeg: 45,
};
const decode = (body: unknown) =>
  decodeDeviceMessage('cam-1', 'detection', Buffer.from(JSON.stringify(body)));
const decodeText = (text: string | Buffer) =>
  decodeDeviceMessage('cam-1', 'detection', Buffer.from(text));
const report = (body: unknown) => {
  const decoded = decode(body);
  if (decoded.kind !== 'detection') throw new Error(JSON.stringify(decoded));
  return decoded.report;
};

describe('a native detection', () => {
  it('is read whole', () => {
    const frame = { panDeg: 10, tiltDeg: -2, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
    expect(
      report({
        ...detection,
        elevationDeg: -1,
        bbox: [0.4, 0.4, 0.5, 0.6],
        frame,
        lon: 113.2,
        lat: 26.7,
        positionRadiusM: 50,
        regionId: 'village-1',
        rangeM: 4000,
      }),
    ).toEqual({
      sourceEventId: 'evt-1',
      observedAt: new Date('2026-04-04T19:00:00Z'),
      kind: 'smoke',
      confidence: 0.8,
      position: [113.2, 26.7],
      positionRadiusM: 50,
      regionId: 'village-1',
      azimuthDeg: 45,
      elevationDeg: -1,
      rangeM: 4000,
      frame: { ...frame, zoom: null },
      box: [0.4, 0.4, 0.5, 0.6],
      temperatureC: null,
      imageUrl: null,
    });
  });

  it('takes what is unknown as unknown: 0/0, range 0 and -1, null', () => {
    expect(report({ ...detection, lon: 0, lat: 0 }).position).toBeNull();
    expect(report({ ...detection, rangeM: 0 }).rangeM).toBeNull();
    expect(report({ ...detection, rangeM: -1 }).rangeM).toBeNull();
    expect(report({ ...detection, positionRadiusM: 0 }).positionRadiusM).toBeNull();
    expect(report({ ...detection, positionRadiusM: -1 }).positionRadiusM).toBeNull();
    expect(report({ ...detection, lon: null, lat: null, rangeM: null }).rangeM).toBeNull();
  });

  it('keeps unknown fields from being fatal and wraps the azimuth', () => {
    expect(report({ ...detection, vendorThing: { a: 1 }, azimuthDeg: -10 }).azimuthDeg).toBe(350);
  });

  it.each([
    ['truncated JSON', '{"id":"evt-1","at":"2026', 'invalid_json'],
    [
      'NaN',
      '{"id":"a","at":"2026-04-05T03:00:00Z","kind":"smoke","confidence":NaN}',
      'invalid_json',
    ],
    ['nothing', '', 'invalid_json'],
    ['not an object', '[1,2]', 'invalid_payload'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'invalid_utf8'],
    ['a megabyte', Buffer.alloc(1_048_576, 0x20), 'too_large'],
  ])('refuses %s', (_name, text, code) => {
    expect(decodeText(text)).toMatchObject({ kind: 'rejected', code });
  });

  it.each([
    ['latitude 91', { lon: 113, lat: 91 }],
    ['a longitude alone', { lon: 113 }],
    ['a wrong type', { confidence: '0.8' }],
    ['a confidence of 80', { confidence: 80 }],
    ['no time', { at: undefined }],
    ['a time that is none', { at: 'yesterday' }],
    ['the year 0', { at: '0000-01-01T00:00:00Z' }],
    ['a leap second', { at: '2026-12-31T23:59:60Z' }],
    ['an unknown kind', { kind: 'fog' }],
    ['an azimuth of 4000', { azimuthDeg: 4000 }],
  ])('refuses %s and names the field', (_name, change) => {
    const decoded = decode({ ...detection, ...change });
    expect(decoded).toMatchObject({
      kind: 'rejected',
      code: 'invalid_payload',
      reason: expect.stringMatching(/^\/\w*.{5}/),
    });
  });

  it.each([
    ['a tilt of 200°', { tiltDeg: 200 }, '/frame/tiltDeg must be <= 90'],
    ['a zoom under 1', { zoom: 0.5 }, '/frame/zoom must be >= 1'],
    ['a field of view of 180°', { hfovDeg: 180 }, '/frame/hfovDeg must be < 180'],
  ])('refuses %s in one clear line', (_name, change, reason) => {
    const frame = { panDeg: 10, tiltDeg: -2, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
    expect(decode({ ...detection, frame: { ...frame, ...change } })).toEqual({
      kind: 'rejected',
      code: 'invalid_payload',
      reason,
    });
  });

  it('takes a frame by its zoom', () => {
    const frame = { panDeg: 10, tiltDeg: -2, zoom: 12, widthPx: 1920, heightPx: 1080 };
    expect(report({ ...detection, frame }).frame).toEqual({ ...frame, hfovDeg: null });
  });

  it('refuses a body that names another device', () => {
    expect(decode({ ...detection, deviceId: 'cam-2' })).toMatchObject({ code: 'wrong_device' });
    expect(decode({ ...detection, deviceId: 'cam-1' }).kind).toBe('detection');
  });

  it('never throws and never gives a position out of range, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((t) => Buffer.from(t)),
        ),
        (bytes) => {
          const decoded = decodeDeviceMessage('cam-1', 'detection', Buffer.from(bytes));
          expect(['detection', 'rejected']).toContain(decoded.kind);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(detection), 'lon', 'lat', 'rangeM', 'bbox'),
        fc.jsonValue(),
        (key, value) => {
          const decoded = decode({ ...detection, lon: 113, lat: 26, [key]: value });
          if (decoded.kind !== 'detection') return decoded.kind === 'rejected';
          const [lon, lat] = decoded.report.position ?? [0, 0];
          return Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
        },
      ),
    );
  });
});

describe('native telemetry and status', () => {
  const decodeTelemetry = (body: unknown) =>
    decodeDeviceMessage('drn-1', 'telemetry', Buffer.from(JSON.stringify(body)));

  it('reads a drone', () => {
    const decoded = decodeTelemetry({
      at: '2026-04-05T03:00:00Z',
      lon: 113.2,
      lat: 26.7,
      altitudeM: 480,
      altitudeRef: 'msl',
      headingDeg: -90,
      gimbalPitchDeg: -45,
      gimbalYawDeg: 271,
      speedMps: 12,
      batteryPct: 55,
      flightTimeLeftS: -1,
    });
    expect(decoded).toMatchObject({
      kind: 'telemetry',
      reading: {
        lon: 113.2,
        altitudeRef: 'msl',
        headingDeg: 270,
        gimbalYawDeg: 271,
        batteryPct: 55,
        flightTimeLeftS: null,
      },
    });
  });

  it('takes 0/0 as no fix', () => {
    expect(decodeTelemetry({ at: '2026-04-05T03:00:00Z', lon: 0, lat: 0 })).toMatchObject({
      reading: { lon: null, lat: null },
    });
  });

  it.each(['online', 'offline', '"online"', '{"status":"offline"}'])('reads status %s', (text) => {
    expect(decodeDeviceMessage('cam-1', 'status', Buffer.from(text))).toEqual({
      kind: 'status',
      online: text.includes('online'),
    });
  });

  it('takes an empty status as a cleared retained message and refuses another word', () => {
    expect(decodeDeviceMessage('cam-1', 'status', Buffer.alloc(0)).kind).toBe('nothing');
    expect(decodeDeviceMessage('cam-1', 'status', Buffer.from('maybe')).kind).toBe('rejected');
  });
});

describe("a person's app", () => {
  it('sends positions and receipts', () => {
    const at = '2026-04-05T03:00:00Z';
    expect(
      decodePersonMessage(
        'position',
        Buffer.from(JSON.stringify({ at, lon: 113.1, lat: 26.5, accuracyM: 8 })),
      ),
    ).toEqual({
      kind: 'position',
      position: { observedAt: new Date(at), position: [113.1, 26.5], accuracyM: 8 },
    });
    const notificationId = '0196aa11-2222-7333-8444-555566667777';
    expect(
      decodePersonMessage(
        'receipt',
        Buffer.from(JSON.stringify({ notificationId, event: 'read', at })),
      ),
    ).toEqual({
      kind: 'receipt',
      receipt: { notificationId, event: 'read', reply: null, at: new Date(at) },
    });
    const receipt = (body: object) =>
      decodePersonMessage('receipt', Buffer.from(JSON.stringify({ notificationId, at, ...body })));
    expect(receipt({ reply: '0' })).toMatchObject({ receipt: { event: 'read', reply: '0' } });
    expect(receipt({}).kind).toBe('rejected');
    expect(receipt({ event: 'read', reply: '3' }).kind).toBe('rejected');
    expect(
      decodePersonMessage('position', Buffer.from(JSON.stringify({ at, lon: 0, lat: 0 }))).kind,
    ).toBe('nothing');
  });
});
