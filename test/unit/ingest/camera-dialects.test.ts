import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/devices/index.ts';
import { decodeCameraMessage } from '../../../src/ingest/camera-intake.ts';
import type { CameraMessage } from '../../../src/ingest/camera-message.ts';
import type { CameraTopic } from '../../../src/ingest/camera-topics.ts';
import type { Decoded, DetectionReport } from '../../../src/ingest/decoded.ts';
import {
  axisEvent,
  bytes,
  camera,
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

const receivedAt = new Date('2026-04-05T03:00:05Z');
const reception = { receivedAt, timeZone: 'Asia/Shanghai' };

const decode = (topic: CameraTopic, payload: unknown, sender: Device = camera()): CameraMessage =>
  decodeCameraMessage(topic, Buffer.isBuffer(payload) ? payload : bytes(payload), {
    ...reception,
    sender,
  });
/** What a message says, and of which camera. */
const said = (
  message: CameraMessage,
  device: Device = camera(),
): { camera: string | null; decoded: Decoded }[] => {
  if (message.kind === 'rejected') throw new Error(message.reason);
  return message.items.map((item) => ({ camera: item.camera, decoded: item.readFor(device) }));
};
const reports = (message: CameraMessage, device?: Device): DetectionReport[] =>
  said(message, device).flatMap(({ decoded }) =>
    decoded.kind === 'detection' ? [decoded.report] : [],
  );
const report = (message: CameraMessage, device?: Device): DetectionReport => {
  const [only, ...more] = reports(message, device);
  if (only === undefined || more.length > 0) throw new Error('not one detection');
  return only;
};

const httpReport = (
  dialect: 'hikvision' | 'isecure' | 'pyronear' | 'gb28181' | 'dahua',
): CameraTopic => ({
  dialect,
  lane: 'alarm',
  id: 'x',
  message: 'report',
});

describe('Frigate', () => {
  const events: CameraTopic = {
    dialect: 'frigate',
    lane: 'alarm',
    id: 'frigate',
    message: 'events',
  };
  const withPicture = camera({ properties: { picture: { widthPx: 1280, heightPx: 720 } } });

  it('reads smoke with its box as fractions of the registered picture, for the camera it names', () => {
    const message = decode(events, frigateEvent());
    expect(said(message)[0]?.camera).toBe('ridge_north');
    expect(report(message, withPicture)).toMatchObject({
      kind: 'smoke',
      confidence: 0.84,
      observedAt: new Date(1_775_358_003_250),
      sourceEventId: '1775358000.412-qxw4ze/1775358003.25',
      box: [0.5, 300 / 720, 0.5625, 0.5],
      frame: null,
    });
  });

  it('knows no place in a picture whose size nobody registered', () => {
    expect(report(decode(events, frigateEvent())).box).toBeNull();
  });

  it('takes each frame of an event once: an update is another detection, the end the last one again', () => {
    const id = (event: unknown): string | null => report(decode(events, event)).sourceEventId;
    const later = { frame_time: 1_775_358_009.5, box: [600, 280, 740, 372] };
    expect(id(frigateEvent(later, 'update'))).not.toBe(id(frigateEvent()));
    expect(id(frigateEvent({ ...later, end_time: 1_775_358_012 }, 'end'))).toBe(
      id(frigateEvent(later, 'update')),
    );
  });

  it.each([
    ['fire', 'flame'],
    ['Flame', 'flame'],
    ['wildfire_smoke', 'smoke'],
  ])('takes the label %s as %s', (label, kind) => {
    expect(report(decode(events, frigateEvent({ label }))).kind).toBe(kind);
  });

  it('says nothing of people, cars and what it calls a false positive itself', () => {
    for (const after of [{ label: 'person' }, { label: 'firewall' }, { false_positive: true }]) {
      expect(said(decode(events, frigateEvent(after)))).toEqual([]);
    }
  });

  it('keeps an alarm whose score, time and box are broken', () => {
    const broken = { top_score: 'high', score: null, frame_time: -1, box: [1, 2, 3] };
    expect(report(decode(events, frigateEvent(broken)), withPicture)).toMatchObject({
      confidence: 0.5,
      observedAt: receivedAt,
      box: null,
    });
  });

  it('tells whether the box is there', () => {
    const available = { ...events, message: 'available' } as const;
    expect(said(decode(available, 'online'))[0]?.decoded).toEqual({ kind: 'status', online: true });
    expect(said(decode(available, 'offline'))[0]?.decoded).toMatchObject({ online: false });
    expect(said(decode(available, ''))).toEqual([]);
    expect(decode(available, 'perhaps')).toMatchObject({ kind: 'rejected' });
  });
});

describe('ONVIF', () => {
  const at = (path: string): CameraTopic => ({
    dialect: 'onvif',
    lane: 'alarm',
    id: 'cam-1',
    message: 'event',
    path,
  });

  it('takes an event whose topic says fire, once for each time it is raised', () => {
    const message = decode(at('RuleEngine/SmokeDetector/Alarm'), onvifEvent());
    expect(report(message)).toMatchObject({
      kind: 'smoke',
      observedAt: new Date('2026-04-05T03:00:00.250Z'),
      sourceEventId: 'RuleEngine/SmokeDetector/Alarm/2026-04-05T03:00:00.250Z',
      azimuthDeg: null,
    });
  });

  it('takes one whose rule says so, or which is registered as a fire alarm', () => {
    const path = 'RuleEngine/FieldDetector/ObjectsInside';
    const byRule = onvifEvent({ State: 'true' }, { Source: { Rule: 'Fire east' } });
    expect(report(decode(at(path), byRule)).kind).toBe('flame');
    expect(reports(decode(at(path), onvifEvent()))).toEqual([]);
    const registered = camera({ properties: { fireEvents: ['North slope'] } });
    expect(report(decode(at(path), onvifEvent()), registered).kind).toBe('smoke');
  });

  it('says nothing of a deleted event, of one that is over, and of a warm housing', () => {
    expect(said(decode(at('RuleEngine/Fire'), Buffer.alloc(0)))).toEqual([]);
    for (const off of [{ State: false }, { State: 'false' }, { IsFire: '0' }, { active: 0 }]) {
      expect(said(decode(at('RuleEngine/Fire'), onvifEvent(off)))).toEqual([]);
    }
    const warm = onvifEvent({ Value: 28.65, Threshold: 25.15 }, { Source: { SensorID: 't1' } });
    expect(reports(decode(at('Device/HardwareFailure/TemperatureHigh'), warm))).toEqual([]);
  });

  const position = (x: number, y: number, space = '', zoom: unknown = 0) =>
    onvifEvent({
      PTZStatus: { Position: { PanTilt: { x, y, ...(space && { space }) }, Zoom: { x: zoom } } },
    });
  const DEGREES = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees';
  const ptz = (payload: unknown, device = camera()): Decoded | undefined =>
    said(decode(at('PTZController/PTZStatus'), payload), device)[0]?.decoded;

  it('reads where the camera looks, in degrees of its own zero', () => {
    expect(ptz(position(-90, -4.5, DEGREES))).toMatchObject({
      kind: 'telemetry',
      reading: { panDeg: 270, tiltDeg: -4.5, hfovDeg: 60 },
    });
  });

  it('converts the generic space by the registered range only, and a zoomed lens has no field of view', () => {
    expect(ptz(position(0.5, 0))).toEqual({ kind: 'nothing' });
    const ranged = camera({
      properties: { ptzRange: { panDeg: [-180, 180], tiltDeg: [-90, 30] } },
    });
    expect(ptz(position(0.5, 0, '', 0.3), ranged)).toMatchObject({
      reading: { panDeg: 90, tiltDeg: -30, hfovDeg: null },
    });
    expect(ptz(position(45, 0), ranged)).toEqual({ kind: 'nothing' });
  });
});

describe('Axis', () => {
  const at = (path: string): CameraTopic => ({
    dialect: 'axis',
    lane: 'alarm',
    id: 'cam-1',
    message: 'event',
    path,
  });

  it('takes an event of a smoke application', () => {
    const path = 'CameraApplicationPlatform/SmokeFinder/Profile1';
    expect(report(decode(at(path), axisEvent()))).toMatchObject({
      kind: 'smoke',
      observedAt: new Date(1_775_358_000_250),
      sourceEventId: `${path}/1775358000250`,
    });
    expect(said(decode(at(path), axisEvent({ active: '0' })))).toEqual([]);
  });

  it('says nothing of a passer-by', () => {
    expect(reports(decode(at('Device/Sensor/PIR'), axisEvent({ state: '1' })))).toEqual([]);
  });
});

describe('Hikvision', () => {
  const topic = httpReport('hikvision');

  it('makes a detection of each region, with its own id and box', () => {
    const found = reports(
      decode(topic, hikvisionAlert([{ id: '1' }, { id: '2', box: [785, 20, 27, 46] }])),
    );
    expect(found).toHaveLength(2);
    expect(found[1]).toMatchObject({
      kind: 'heat',
      observedAt: new Date('2026-04-05T03:00:00Z'),
      box: [0.785, 0.02, 0.812, 0.066],
      temperatureC: 72,
      rangeM: null,
      frame: null,
    });
    expect(new Set(found.map(({ sourceEventId }) => sourceEventId)).size).toBe(2);
    const again = reports(
      decode(topic, hikvisionAlert([{ id: '1' }, { id: '2', box: [785, 20, 27, 46] }])),
    );
    expect(again).toEqual(found);
  });

  it('reads pan, tilt (down positive) and zoom in tenths, and a measured distance', () => {
    const alert = hikvisionAlert([{ ptz: [3105, 45, 20], distance: 3250 }]);
    expect(report(decode(topic, alert))).toMatchObject({
      rangeM: 3250,
      frame: { panDeg: 310.5, tiltDeg: -4.5, zoom: 2, hfovDeg: null },
    });
    expect(report(decode(topic, hikvisionAlert([{ ptz: [10, 0, 0] }]))).frame).toMatchObject({
      panDeg: 1,
      tiltDeg: 0,
      zoom: null,
      hfovDeg: 60,
    });
  });

  const celsius = (value: number, unit: string): number | null =>
    report(decode(topic, hikvisionAlert([{ temperature: [value, unit] }]))).temperatureC;

  it.each([
    [212, 'fahrenheit'],
    [373.15, 'kelvin'],
    [100, 'Celsius'],
  ])('reads %s %s as 100 °C', (value, unit) => {
    expect(celsius(value, unit)).toBeCloseTo(100, 9);
  });

  it('knows no temperature in a unit that is none, nor one below absolute zero', () => {
    expect(celsius(100, 'rankine')).toBeNull();
    expect(celsius(-300, 'celsius')).toBeNull();
  });

  it('takes an alarm without regions, and one whose clock says nothing', () => {
    const bare = report(decode(topic, hikvisionAlert([], { eventType: 'smokeDetection' })));
    expect(bare).toMatchObject({ kind: 'smoke', box: null, temperatureC: null });
    const timeless = hikvisionAlert([{}], { dateTime: '0000-00-00T00:00:00' });
    expect(report(decode(topic, timeless)).observedAt).toEqual(receivedAt);
    expect(report(decode(topic, timeless)).sourceEventId).toMatch(/^[0-9a-f]{64}\/0$/);
  });

  it('reads a time without a zone as local', () => {
    const alert = hikvisionAlert([{}], { dateTime: '2026-04-05T11:00:00' });
    expect(report(decode(topic, alert)).observedAt).toEqual(new Date('2026-04-05T03:00:00Z'));
  });

  it('says nothing of motion and of an alarm that is over', () => {
    expect(said(decode(topic, hikvisionAlert([{}], { eventType: 'VMD' })))).toEqual([]);
    expect(said(decode(topic, hikvisionAlert([{}], { eventState: 'inactive' })))).toEqual([]);
  });

  it('names the channel only where a recorder sends', () => {
    const cameraNamed = (sender: Device) =>
      said(decode(topic, hikvisionAlert(), sender))[0]?.camera;
    expect(cameraNamed(gateway())).toBe('2');
    expect(cameraNamed(camera())).toBeNull();
  });

  it('refuses another document', () => {
    expect(
      decode(topic, '<ResponseStatus><statusCode>1</statusCode></ResponseStatus>'),
    ).toMatchObject({ kind: 'rejected', code: 'invalid_payload' });
  });
});

describe('iSecure', () => {
  const topic = httpReport('isecure');

  it('reads regions of numbers as text, for the camera by its index code', () => {
    const message = decode(topic, isecureNotice([{}, { targetDistance: '2400' }]));
    expect(said(message).map((item) => item.camera)).toEqual(['index-of-ridge', 'index-of-ridge']);
    expect(reports(message)).toMatchObject([
      { kind: 'heat', box: [0.5, 0.4, 0.54, 0.46], temperatureC: 96, rangeM: null, frame: null },
      { rangeM: 2400, imageUrl: 'http://192.0.2.40/pic?visible' },
    ]);
  });

  it.each([
    [192513, 'smoke'],
    [192514, 'flame'],
    ['192515', 'flame'],
  ])('knows event type %s', (eventType, kind) => {
    const region = { fireMaxTemperature: undefined };
    expect(report(decode(topic, isecureNotice([region], { eventType }))).kind).toBe(kind);
  });

  it('reads where the camera looked, in degrees or, where they cannot be that, in tenths', () => {
    const looking = (pan: string, tilt: string) =>
      report(decode(topic, isecureNotice([{ ptzInfo: { pan, tilt, zoom: '0', focus: '9' } }])))
        .frame;
    expect(looking('123.5', '2.5')).toMatchObject({ panDeg: 123.5, tiltDeg: -2.5 });
    expect(looking('1235', '-25')).toMatchObject({ panDeg: 123.5, tiltDeg: 2.5 });
  });

  it('says nothing of other events and of the end of one', () => {
    expect(said(decode(topic, isecureNotice([{}], { eventType: 131331 })))).toEqual([]);
    expect(said(decode(topic, isecureNotice([{}], { status: 2 })))).toEqual([]);
  });

  it('does not keep an address that is none', () => {
    const notice = isecureNotice([{ visiblePicUrl: 'file:///etc/passwd', imageUrl: undefined }]);
    expect(report(decode(topic, notice)).imageUrl).toBeNull();
  });
});

describe('Pyronear', () => {
  const topic = httpReport('pyronear');
  const posed = camera({ properties: { poses: { 12: { panDeg: 210, tiltDeg: -2 } } } });

  it('makes a detection of each box, where the numbered pose looks', () => {
    const two = pyronearForm({ bboxes: '[(.1,.2,.3,.4,.5), (0.6,0.2,0.7,0.4,0.25)]' });
    const found = reports(decode(topic, two), posed);
    expect(found).toMatchObject([
      { kind: 'smoke', confidence: 0.5, box: [0.1, 0.2, 0.3, 0.4] },
      { confidence: 0.25, frame: { panDeg: 210, tiltDeg: -2, hfovDeg: 60 } },
    ]);
    expect(new Set(found.map(({ sourceEventId }) => sourceEventId)).size).toBe(2);
  });

  it('leaves the frame open at a pose nobody registered', () => {
    expect(report(decode(topic, pyronearForm({ pose_id: '3' })), posed).frame).toBeNull();
  });

  it('knows the same picture again, and takes the time it came where it says none', () => {
    const timeless = pyronearForm({ recorded_at: undefined });
    const first = report(decode(topic, timeless));
    expect(first.observedAt).toEqual(new Date('2026-04-05T03:00:02Z'));
    const resent = { ...timeless, received_at: '2026-04-05T03:00:12.000Z' };
    expect(report(decode(topic, resent)).sourceEventId).toBe(first.sourceEventId);
  });

  it.each(['', '[]', '[(1,2,3)]', '[(0.5,0,0.2,1,0.5)]', '[(0,0,1,1,7)]', '__import__("os")'])(
    'refuses boxes %s',
    (bboxes) => {
      expect(decode(topic, pyronearForm({ bboxes }))).toMatchObject({
        kind: 'rejected',
        reason: expect.stringMatching(/^\/bboxes /) as string,
      });
    },
  );
});

describe('GB/T 28181', () => {
  const topic = httpReport('gb28181');

  it('takes an alarm whose description says fire, in UTF-8 and in GB18030', () => {
    const expected = {
      kind: 'smoke',
      observedAt: new Date('2026-04-05T03:00:00Z'),
      position: null,
    };
    const utf8 = decode(topic, gb28181Alarm());
    expect(said(utf8)[0]?.camera).toBe('43102800001320000007');
    expect(report(utf8)).toMatchObject(expected);
    // 烟火告警 in GB18030.
    const [head = '', tail = ''] = gb28181Alarm({}, 'GB2312').split('烟火告警');
    const legacy = Buffer.concat([
      Buffer.from(head),
      Buffer.from('d1ccbbf0b8e6beaf', 'hex'),
      Buffer.from(tail),
    ]);
    expect(report(decode(topic, legacy))).toEqual(report(utf8));
  });

  it('says nothing of a lost picture, unless that alarm is registered as fire', () => {
    const lost = gb28181Alarm({ method: '2', type: '1', description: 'Video loss alarm' });
    expect(reports(decode(topic, lost))).toEqual([]);
    const other = decode(topic, gb28181Alarm({ method: '7', type: '20', description: '1001,17' }));
    expect(reports(other)).toEqual([]);
    for (const fireEvents of [['7'], ['7/20']]) {
      expect(report(other, camera({ properties: { fireEvents } })).kind).toBe('smoke');
    }
    expect(reports(other, camera({ properties: { fireEvents: ['7/21'] } }))).toEqual([]);
  });

  it("takes the camera's own position for what it is, and another for the fire's", () => {
    const place = (lon: string, lat: string) =>
      report(decode(topic, gb28181Alarm({ lon, lat }))).position;
    expect(place('113.2701', '26.7099')).toBeNull();
    expect(place('113.3000', '26.7300')).toEqual([113.3, 26.73]);
    expect(place('513.3', '26.73')).toBeNull();
  });

  it('reads a position: km/h, local time, height above the sea', () => {
    expect(said(decode(topic, gb28181Position()))[0]?.decoded).toMatchObject({
      kind: 'telemetry',
      reading: {
        observedAt: new Date('2026-04-05T03:00:00Z'),
        lon: 113.3,
        lat: 26.7,
        speedMps: 10,
        headingDeg: 270,
        altitudeM: 215.5,
        altitudeRef: 'msl',
      },
    });
    const lost = gb28181Position({ lon: '0.0', lat: '0.0' });
    expect(said(decode(topic, lost))[0]?.decoded).toEqual({ kind: 'nothing' });
  });

  it('has no interest in other commands', () => {
    const keepAlive = '<Notify><CmdType>Keepalive</CmdType><DeviceID>4</DeviceID></Notify>';
    expect(said(decode(topic, keepAlive))).toEqual([]);
  });
});

describe('Dahua', () => {
  const topic = httpReport('dahua');
  const poses = { 3: { panDeg: 210, tiltDeg: -2, hfovDeg: 20 } };
  const withPoses = camera({ properties: { poses } });

  it('reads a fire with its place, box, heat and preset', () => {
    expect(report(decode(topic, dahuaEvent()), withPoses)).toMatchObject({
      kind: 'heat',
      observedAt: new Date('2026-04-05T03:00:03Z'),
      temperatureC: 214.5,
      rangeM: 2350,
      position: [113.29, 26.7],
      box: [0.25, 0.5, 0.3125, 0.5625],
      frame: { panDeg: 210, tiltDeg: -2, hfovDeg: 20 },
    });
  });

  it('reads the names of the SDK, Fahrenheit, corners by name and degrees', () => {
    const [fire] = reports(
      decode(
        topic,
        dahuaEvent({
          FSID: undefined,
          nFSID: 9,
          Temperature: undefined,
          fTemperature: 392,
          TemperatureUnit: 'Fahrenheit',
          BoundingBox: { nLeft: 0, nTop: 0, nRight: 4096, nBottom: 8192 },
          GpsPoint: undefined,
          stuGpsPoint: { dwLongitude: 113.3, dwLatidude: 26.7 },
        }),
      ),
    );
    expect(fire?.temperatureC).toBeCloseTo(200, 9);
    expect(fire).toMatchObject({ box: [0, 0, 0.5, 1], position: [113.3, 26.7] });
    expect(fire?.sourceEventId).toContain('/9/');
  });

  it.each([
    ['no distance', { Distance: 0 }, { rangeM: null }],
    ['0/0', { GpsPoint: [0, 0] }, { position: null }],
    [
      '0/0 counted from 180° W and 90° S',
      { GpsPoint: [180_000_000, 90_000_000] },
      { position: null },
    ],
    ['an empty box', { BoundingBox: [0, 0, 0, 0] }, { box: null }],
    ['a preset nobody registered', { PresetId: 99 }, { frame: null }],
  ])('takes %s as unknown', (_name, data, expected) => {
    expect(report(decode(topic, dahuaEvent(data)), withPoses)).toMatchObject(expected);
  });

  it('gives a fire one id in ten minutes, and another after them or when it is another fire', () => {
    const idAt = (LocaleTime: string, FSID = 7) =>
      report(decode(topic, dahuaEvent({ LocaleTime, FSID }))).sourceEventId;
    const first = idAt('2026-04-05 10:50:00');
    expect(idAt('2026-04-05 10:59:59')).toBe(first);
    expect(idAt('2026-04-05 11:00:00')).not.toBe(first);
    expect(idAt('2026-04-05 10:50:00', 8)).not.toBe(first);
  });

  it('alarms without details, and with details it cannot read', () => {
    const bare = { kind: 'flame', observedAt: receivedAt, position: null, box: null };
    expect(report(decode(topic, dahuaEvent(null)))).toMatchObject(bare);
    expect(report(decode(topic, `${dahuaEvent(null)};data={ "FSID" : `))).toMatchObject(bare);
    expect(
      report(decode(topic, 'Code=SmokeDetection; action=Pulse; index=0; data={}\r\n')),
    ).toMatchObject({
      kind: 'smoke',
    });
  });

  it('does not take a time ahead of ours: local time counted as if it were UTC', () => {
    const ahead = receivedAt.getTime() / 1000 + 8 * 3600;
    const event = dahuaEvent({ LocaleTime: undefined, UTC: ahead });
    expect(report(decode(topic, event)).observedAt).toEqual(receivedAt);
    const right = dahuaEvent({ LocaleTime: undefined, UTC: ahead, RealUTC: ahead - 8 * 3600 });
    expect(report(decode(topic, right)).observedAt).toEqual(receivedAt);
  });

  it('passes over the end of a fire and what is no fire, unless it is registered as one', () => {
    expect(reports(decode(topic, dahuaEvent({}, { action: 'Stop' })))).toEqual([]);
    const motion = decode(topic, dahuaEvent({}, { code: 'VideoMotion' }));
    expect(reports(motion)).toEqual([]);
    const named = camera({ properties: { fireEvents: ['VideoMotion'] } });
    expect(report(motion, named).kind).toBe('smoke');
  });

  it('takes each of several fires, each for the channel of a recorder', () => {
    const event = dahuaEvent(
      { WarningInfo: [{ FSID: 1 }, { FSID: 2, Distance: 100 }] },
      { index: 4 },
    );
    const items = said(decode(topic, event, gateway()));
    expect(items.map(({ camera: name }) => name)).toEqual(['4', '4']);
    expect(reports(decode(topic, event)).map(({ rangeM }) => rangeM)).toEqual([null, 100]);
  });

  it.each(['', 'Heartbeat', 'Code=FireWarning', '<xml/>'])('refuses %j', (text) => {
    expect(decode(topic, text)).toMatchObject({ kind: 'rejected', code: 'invalid_payload' });
  });
});
