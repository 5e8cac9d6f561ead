import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AircraftSighting } from '../../../src/airspace/index.ts';
import { decodeCameraMessage } from '../../../src/ingest/camera-intake.ts';
import type { CameraTopic } from '../../../src/ingest/camera-topics.ts';
import type { Decoded, DetectionReport } from '../../../src/ingest/decoded.ts';
import type { TelemetryReading } from '../../../src/telemetry/index.ts';
import {
  axisEvent,
  bytes,
  camera,
  cameraTopic,
  dahuaEvent,
  frigateEvent,
  gateway,
  gb28181Alarm,
  gb28181Position,
  hikvisionAlert,
  isecureNotice,
  onvifEvent,
  pyronearForm,
} from '../../support/camera-fixtures.ts';
import { odidBytes, remoteIdMessage } from '../../support/remote-id-fixtures.ts';

const RUNS = { seed: 20261124, numRuns: 500 } as const;

const DEGREES = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees';
const VALID: Record<string, { topic: string; payload: unknown }> = {
  'Frigate event': { topic: 'frigate/events', payload: frigateEvent() },
  'Frigate availability': { topic: 'frigate/available', payload: 'online' },
  'ONVIF event': { topic: 'cam-1/onvif-ej/RuleEngine/SmokeDetector', payload: onvifEvent() },
  'ONVIF position': {
    topic: 'cam-1/onvif-ej/PTZController/Status',
    payload: onvifEvent({
      PTZStatus: { Position: { PanTilt: { x: 10, y: -5, space: DEGREES }, Zoom: { x: 0 } } },
    }),
  },
  'Axis event': {
    topic: 'axis/cam-1/event/tnsaxis:CameraApplicationPlatform/SmokeFinder',
    payload: axisEvent(),
  },
  'Hikvision alarm': {
    topic: 'http/hikvision/cam-1',
    payload: hikvisionAlert([{ ptz: [3105, 45, 20], distance: 3250 }, { id: '2' }]),
  },
  'iSecure notice': {
    topic: 'http/isecure/box-1',
    payload: isecureNotice([{}, { ptzInfo: { pan: '10', tilt: '2', zoom: '4' } }]),
  },
  'Pyronear form': { topic: 'http/pyronear/cam-1', payload: pyronearForm() },
  'GB/T 28181 alarm': {
    topic: 'http/gb28181/box-1',
    payload: gb28181Alarm({ lon: '113.30', lat: '26.73' }),
  },
  'Dahua event': { topic: 'http/dahua/cam-1', payload: dahuaEvent() },
  'Remote ID': {
    topic: 'fengsui/v1/gateway/box-1/remote-id',
    payload: remoteIdMessage(),
  },
  'GB/T 28181 position': { topic: 'http/gb28181/box-1', payload: gb28181Position() },
};

const DEVICES = [
  camera(),
  camera({
    properties: {
      picture: { widthPx: 1280, heightPx: 720 },
      pose: { panDeg: 10, tiltDeg: 0 },
      poses: { 12: { panDeg: 350, tiltDeg: -3, hfovDeg: 40 } },
      ptzRange: { panDeg: [-180, 180], tiltDeg: [-20, 90] },
      fireEvents: ['RuleEngine', '7'],
    },
  }),
  gateway(),
];

/** Everything a mutated payload may say, each within what the rest of the service relies on. */
const decodeAll = (topic: CameraTopic, payload: Buffer): Decoded[] =>
  DEVICES.flatMap((sender) => {
    const reception = { receivedAt: new Date('2026-04-05T03:00:05Z'), timeZone: 'Asia/Shanghai' };
    const message = decodeCameraMessage(topic, payload, { ...reception, sender });
    if (message.kind === 'rejected') return [message];
    return message.items.flatMap(({ readFor }) => DEVICES.map((device) => readFor(device)));
  });

const within = (value: number | null, min: number, max: number): boolean =>
  value === null || (Number.isFinite(value) && value >= min && value <= max);

const mistakesIn = (decoded: Decoded): string[] => {
  switch (decoded.kind) {
    case 'detection':
      return mistakesInReport(decoded.report);
    case 'telemetry':
      return mistakesInReading(decoded.reading);
    case 'rejected':
      return decoded.reason.length > 5 ? [] : ['refused without a reason'];
    case 'aircraft':
      return mistakesInSighting(decoded.sighting);
    case 'status':
    case 'nothing':
      return [];
    case 'position':
    case 'receipt':
      return [`a camera said ${decoded.kind}`];
  }
};

const LAST = Date.UTC(2100, 0, 2);
const mistakesInReport = (report: DetectionReport): string[] => {
  const { position, box, frame, sourceEventId, observedAt } = report;
  const checks: Record<string, boolean> = {
    position: position === null || (within(position[0], -180, 180) && within(position[1], -90, 90)),
    nowhere: position === null || position[0] !== 0 || position[1] !== 0,
    box:
      box === null || (box.every((x) => within(x, 0, 1)) && box[0] <= box[2] && box[1] <= box[3]),
    frame:
      frame === null ||
      (within(frame.panDeg, -360, 360) &&
        within(frame.tiltDeg, -90, 90) &&
        within(frame.zoom, 1, 1000) &&
        (frame.hfovDeg === null || (frame.hfovDeg > 0 && frame.hfovDeg < 180))),
    confidence: within(report.confidence, 0, 1),
    range: report.rangeM === null || (report.rangeM > 0 && report.rangeM <= 50_000),
    temperature: within(report.temperatureC, -273.15, 5000),
    time: within(observedAt.getTime(), 0, LAST),
    id: sourceEventId !== null && /^[\x20-\x7e]{1,200}$/.test(sourceEventId),
  };
  return failed(checks);
};

const mistakesInReading = (reading: TelemetryReading): string[] =>
  failed({
    position: within(reading.lon, -180, 180) && within(reading.lat, -90, 90),
    whole: (reading.lon === null) === (reading.lat === null),
    aim: within(reading.panDeg, 0, 360) && within(reading.tiltDeg, -90, 90),
    heading: within(reading.headingDeg, 0, 360),
    speed: within(reading.speedMps, 0, 200),
    altitude: within(reading.altitudeM, -1000, 20_000),
    time: within(reading.observedAt.getTime(), 0, LAST),
  });

const mistakesInSighting = (sighting: AircraftSighting): string[] => {
  const { position, operatorPosition } = sighting;
  const somewhere = (at: readonly [number, number] | null): boolean =>
    at === null ||
    (within(at[0], -180, 180) && within(at[1], -90, 90) && (at[0] !== 0 || at[1] !== 0));
  return failed({
    position: somewhere(position),
    operator: somewhere(operatorPosition),
    altitude: within(sighting.altitudeM, -1000, 31_767.5),
    height: within(sighting.heightM, -1000, 31_767.5),
    reference: (sighting.heightM === null) === (sighting.heightRef === null),
    speed: within(sighting.speedMps, 0, 254.25) && within(sighting.verticalSpeedMps, -62, 62),
    heading: sighting.headingDeg === null || within(sighting.headingDeg, 0, 359.999_999),
    time: within(sighting.observedAt.getTime(), 0, LAST),
    id: /^[\x21-\x7e]{1,60}$/.test(sighting.id),
    words: [sighting.purpose, sighting.operatorId].every(
      (text) => text === null || !/\p{Cc}/u.test(text),
    ),
  });
};

const failed = (checks: Record<string, boolean>): string[] =>
  Object.entries(checks).flatMap(([name, ok]) => (ok ? [] : [name]));

/** Bytes changed, cut out, put in and cut off. */
const mutatedBytes = (payload: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.record({
        at: fc.nat(payload.length),
        cut: fc.nat(12),
        put: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom(...HOSTILE_BYTES)),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((edits) =>
      edits.reduce(
        (bytesNow, { at, cut, put }) =>
          Buffer.concat([bytesNow.subarray(0, at), put, bytesNow.subarray(at + cut)]),
        payload,
      ),
    );
const HOSTILE_BYTES = [
  '<!DOCTYPE x>',
  '&lol;',
  '<![CDATA[',
  '{"a":',
  '[[[[',
  '\0',
  ']]>',
  'NaN',
].map((text) => new Uint8Array(Buffer.from(text)));

const HOSTILE_NUMBERS = [0, -1, 32767, 1e308, -1e308, 91, 181, 361, 3601, 0.5];
const HOSTILE_TEXTS = ['', '0', '-1', '91', '1e999', 'NaN', '\0', '\ud800', 'x'.repeat(3000)];
const HOSTILE_TIMES = ['0000-00-00T00:00:00', '2026-02-30T25:61:61', '9999-12-31T23:59:60Z'];
const HOSTILE_SHAPES = [null, true, false, [], {}, [null], { PanTilt: { x: 1e9, y: 1e9 } }];
const HOSTILE = fc.constantFrom<unknown>(
  ...HOSTILE_NUMBERS,
  ...HOSTILE_TEXTS,
  ...HOSTILE_TIMES,
  ...HOSTILE_SHAPES,
);
const ANY = fc.oneof({ weight: 3, arbitrary: HOSTILE }, { weight: 1, arbitrary: fc.jsonValue() });

/** A value with one of its parts replaced or taken away; `pick` decides which. */
const replaced = (value: unknown, pick: number, by: unknown): unknown => {
  const places = placesIn(value);
  const place = places[pick % Math.max(1, places.length)];
  if (place === undefined) return by;
  const copy: unknown = structuredClone(value);
  let holder = copy as Record<string, unknown>;
  for (const key of place.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  const last = place.at(-1) ?? '';
  if (by === undefined) delete holder[last];
  else holder[last] = by;
  return copy;
};
const placesIn = (value: unknown, path: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [
        [...path, key],
        ...placesIn(inner, [...path, key]),
      ])
    : [];

/** Texts between tags replaced: what structured mutation is for XML. */
const replacedText = (xml: string, pick: number, by: string): string => {
  const texts = [...xml.matchAll(/>([^<>\s][^<>]*)</g)];
  const found = texts[pick % texts.length];
  if (found === undefined) return xml;
  return `${xml.slice(0, found.index + 1)}${by}${xml.slice(found.index + found[0].length - 1)}`;
};

describe.each(Object.entries(VALID))('%s', (_name, { topic: text, payload }) => {
  const topic = cameraTopic(text);

  it('is understood as it is', () => {
    const decoded = decodeAll(topic, bytes(payload));
    expect(decoded.length).toBeGreaterThan(0);
    expect(decoded.filter(({ kind }) => kind === 'rejected')).toEqual([]);
    expect(decoded.some(({ kind }) => kind !== 'nothing')).toBe(true);
    expect(decoded.flatMap(mistakesIn)).toEqual([]);
  });

  it('never throws and says nothing impossible, whatever happens to its bytes', () => {
    fc.assert(
      fc.property(mutatedBytes(bytes(payload)), (mutated) => {
        expect(decodeAll(topic, mutated).flatMap(mistakesIn)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('nor whatever stands in its fields', () => {
    const changed: fc.Arbitrary<Buffer> =
      typeof payload === 'string'
        ? fc
            .array(fc.tuple(fc.nat(), ANY), { minLength: 1, maxLength: 3 })
            .map((edits) =>
              bytes(
                edits.reduce(
                  (now, [pick, by]) => replacedText(now, pick, escaped(String(by))),
                  payload,
                ),
              ),
            )
        : fc
            .array(fc.tuple(fc.nat(), fc.option(ANY, { nil: undefined })), {
              minLength: 1,
              maxLength: 3,
            })
            .map((edits) =>
              bytes(
                JSON.stringify(
                  edits.reduce<unknown>((now, [pick, by]) => replaced(now, pick, by), payload),
                ) ?? '',
              ),
            );
    fc.assert(
      fc.property(changed, (mutated) => {
        expect(decodeAll(topic, mutated).flatMap(mistakesIn)).toEqual([]);
      }),
      RUNS,
    );
  });
});

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (c) => `&#${String(c.charCodeAt(0))};`);

it('Remote ID says nothing impossible, whatever stands in its structure', () => {
  const topic = cameraTopic('fengsui/v1/gateway/box-1/remote-id');
  const struct = odidBytes({
    lon: 113.27,
    lat: 26.71,
    heightM: 120,
    purpose: 'survey',
    registration: 'CHN.UAS1',
    operator: [113.2, 26.7],
  });
  fc.assert(
    fc.property(mutatedBytes(struct), (mutated) => {
      const message = remoteIdMessage({}, { UASdata: mutated.toString('base64') });
      expect(decodeAll(topic, bytes(message)).flatMap(mistakesIn)).toEqual([]);
    }),
    { ...RUNS, numRuns: 3000 },
  );
});
