import type { Device } from '../../src/devices/index.ts';
import type { CameraTopic } from '../../src/ingest/camera-topics.ts';
import { parseTopic } from '../../src/ingest/topics.ts';

/** A registered camera on a mast, 60° wide; nothing of it is calibrated. */
export const camera = (over: Partial<Device> = {}): Device => ({
  id: 'cam-1',
  kind: 'camera',
  name: 'Ridge',
  regionId: 'default',
  lon: 113.27,
  lat: 26.71,
  groundHeightM: 200,
  mountHeightM: 30,
  heightRef: 'msl',
  azimuthOffsetDeg: 0,
  tiltOffsetDeg: 0,
  azimuthSigmaDeg: null,
  elevationSigmaDeg: null,
  hfovDeg: 60,
  focalScale: 1,
  reports: 'alarms',
  gatewayId: null,
  properties: {},
  ...over,
});

/** A topic on which a camera, or a box in front of one, reports. */
export const cameraTopic = (text: string): CameraTopic => {
  const parsed = parseTopic(text);
  if (parsed.kind !== 'known') throw new Error(`${text} is ${parsed.kind}`);
  const { topic } = parsed;
  const { dialect, message } = topic;
  if (dialect === 'native' || dialect === 'dji' || dialect === 'mavlink') throw new Error(text);
  if (message === 'snapshot') throw new Error(text);
  return topic;
};

/** A box that reports for cameras. */
export const gateway = (id = 'box-1'): Device =>
  camera({ id, kind: 'gateway', lon: null, lat: null, hfovDeg: null });

export const bytes = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

/** One state of a tracked object, as Frigate publishes it; the box is in pixels of a 1280 × 720 picture. */
export const frigateEvent = (
  after: Record<string, unknown> = {},
  type: 'new' | 'update' | 'end' = 'new',
) => {
  const state = {
    id: '1775358000.412-qxw4ze',
    camera: 'ridge_north',
    frame_time: 1_775_358_003.25,
    snapshot: { frame_time: 1_775_358_003.25, box: [640, 300, 720, 360], score: 0.81 },
    label: 'smoke',
    sub_label: null,
    top_score: 0.84,
    false_positive: false,
    start_time: 1_775_358_000.412,
    end_time: null,
    score: 0.79,
    box: [640, 300, 720, 360],
    area: 4800,
    region: [480, 160, 800, 480],
    current_zones: [],
    has_snapshot: true,
    stationary: false,
    attributes: {},
    ...after,
  };
  return { type, before: { ...state, score: 0.5 }, after: state };
};

export const onvifEvent = (
  data: Record<string, unknown> = { State: true },
  over: Record<string, unknown> = {},
) => ({
  UtcTime: '2026-04-05T03:00:00.250Z',
  Source: { VideoSource: '1', AnalyticsConfiguration: '1', Rule: 'North slope' },
  Data: data,
  ...over,
});

export const axisEvent = (data: Record<string, unknown> = { active: '1' }) => ({
  timestamp: 1_775_358_000_250,
  topic: 'axis:CameraApplicationPlatform/SmokeFinder/Profile1',
  message: { source: {}, key: {}, data },
});

export type HikvisionRegion = {
  id?: string;
  box?: readonly [x: number, y: number, width: number, height: number];
  distance?: number;
  temperature?: readonly [value: number, unit: string];
  /** Azimuth, elevation (down positive), zoom, in tenths. */
  ptz?: readonly [azimuth: number, elevation: number, zoom: number];
};

const hikvisionRegion = ({
  id = '1',
  box = [500, 400, 40, 60],
  distance = -1,
  temperature = [72, 'celsius'],
  ptz = [0, 0, 0],
}: HikvisionRegion) => `<DetectionRegionEntry>
<regionID>${id}</regionID>
<FireDetection>
<FireRegion><x>${box[0]}</x><y>${box[1]}</y><width>${box[2]}</width><height>${box[3]}</height></FireRegion>
<HighestPoint><x>${box[0] + 5}</x><y>${box[1] + 5}</y></HighestPoint>
<temperatureUnit>${temperature[1]}</temperatureUnit>
<fireMaxTemperature>${temperature[0]}</fireMaxTemperature>
<targetDistance>${distance}</targetDistance>
<AbsoluteHigh><elevation>${ptz[1]}</elevation><azimuth>${ptz[0]}</azimuth><absoluteZoom>${ptz[2]}</absoluteZoom></AbsoluteHigh>
</FireDetection>
</DetectionRegionEntry>`;

export const hikvisionAlert = (
  regions: readonly HikvisionRegion[] = [{}],
  {
    eventType = 'fireDetection',
    eventState = 'active',
    dateTime = '2026-04-05T11:00:00+08:00',
    channelID = '2',
  } = {},
) => `<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<ipAddress>192.0.2.40</ipAddress>
<portNo>8000</portNo>
<channelID>${channelID}</channelID>
<dateTime>${dateTime}</dateTime>
<activePostCount>1</activePostCount>
<eventType>${eventType}</eventType>
<eventState>${eventState}</eventState>
<DetectionRegionList>${regions.map(hikvisionRegion).join('\n')}</DetectionRegionList>
<channelName>Ridge thermal</channelName>
</EventNotificationAlert>`;

export const isecureNotice = (
  regions: readonly Record<string, unknown>[] = [{}],
  event: Record<string, unknown> = {},
) => ({
  method: 'OnEventNotify',
  params: {
    ability: 'event_heat',
    sendTime: '2026-04-05T11:00:02.000+08:00',
    events: [
      {
        eventId: '7C1B9B52-0001-4C11-9B7E-0E5B8C0A1D01',
        eventType: 192515,
        happenTime: '2026-04-05T11:00:00.000+08:00',
        srcIndex: 'index-of-ridge',
        srcType: 'camera',
        status: 0,
        data: {
          channelID: 1,
          dataType: 'thermalImaging',
          dateTime: '2026-04-05T11:00:00.000+08:00',
          eventType: 'fireDetection',
          fireDetection: regions.map((region, i) => ({
            fireMaxTemperature: 96,
            fireRegion: { x: '0.500', y: '0.400', width: '0.040', height: '0.060' },
            ptzInfo: { focus: '0', pan: '0', tilt: '0', zoom: '0' },
            regionID: i + 1,
            targetAttrs: { cameraName: 'Ridge', longitude: '0.0', latitude: '0.0' },
            targetDistance: 0,
            temperatureUnit: 'celsius',
            visiblePicUrl: 'http://192.0.2.40/pic?visible',
            ...region,
          })),
        },
        ...event,
      },
    ],
  },
});

/** The form as it is kept: fields without pictures. */
export const pyronearForm = (over: Record<string, unknown> = {}) => ({
  bboxes: '[(0.400,0.300,0.450,0.350,0.620)]',
  pose_id: '12',
  recorded_at: '2026-04-05T03:00:00Z',
  frame_sha256: 'ab'.repeat(32),
  received_at: '2026-04-05T03:00:02.000Z',
  ...over,
});

export const gb28181Alarm = (
  {
    deviceId = '43102800001320000007',
    method = '5',
    type = '1',
    time = '2026-04-05T11:00:00',
    description = '烟火告警',
    lon = '0.0',
    lat = '0.0',
  } = {},
  encoding = 'UTF-8',
) => `<?xml version="1.0" encoding="${encoding}"?>
<Notify>
<CmdType>Alarm</CmdType>
<SN>17</SN>
<DeviceID>${deviceId}</DeviceID>
<AlarmPriority>1</AlarmPriority>
<AlarmMethod>${method}</AlarmMethod>
<AlarmTime>${time}</AlarmTime>
<AlarmDescription>${description}</AlarmDescription>
<Longitude>${lon}</Longitude>
<Latitude>${lat}</Latitude>
<Info><AlarmType>${type}</AlarmType></Info>
</Notify>`;

export const gb28181Position = ({
  lon = '113.300000',
  lat = '26.700000',
} = {}) => `<?xml version="1.0"?>
<Notify>
<CmdType>MobilePosition</CmdType>
<SN>18</SN>
<DeviceID>43102800001320000007</DeviceID>
<Time>2026-04-05T11:00:00</Time>
<Longitude>${lon}</Longitude>
<Latitude>${lat}</Latitude>
<Speed>36.0</Speed>
<Direction>270</Direction>
<Altitude>215.5</Altitude>
</Notify>`;

/** A multipart body as equipment builds it, with the type that names its boundary. */
export const multipart = (
  parts: readonly { name: string; type?: string; fileName?: string; body: Buffer | string }[],
  boundary = 'MIME_boundary',
): { contentType: string; body: Buffer } => ({
  contentType: `multipart/form-data; boundary=${boundary}`,
  body: Buffer.concat([
    ...parts.flatMap(({ name, type, fileName, body }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${
          fileName === undefined ? '' : `; filename="${fileName}"`
        }\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
      ),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]),
});

/** Bytes that look like a picture, a delimiter's beginning among them. */
export const JPEG = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x0d, 0x0a]),
  Buffer.from('--MIME_bound'),
  Buffer.from([0x0d, 0x0a, 0x00, 0xff, 0xd9, 0x0d]),
]);

/** An event of a Dahua thermal camera; `data` null = without details. */
export const dahuaEvent = (
  data: Record<string, unknown> | null = {},
  { code = 'FireWarning', action = 'Start', index = 0 } = {},
): string => {
  const head = `Code=${code};action=${action};index=${String(index)}`;
  const fire = {
    FSID: 7,
    PresetId: 3,
    BoundingBox: [2048, 4096, 2560, 4608],
    Temperature: 214.5,
    TemperatureUnit: 1,
    Distance: 2350,
    GpsPoint: { Longitude: 293_290_000, Latitude: 116_700_000 },
    PTZPosition: [0.25, -0.1, 0.5],
    FlameName: 'kept with the raw payload',
    ...data,
  };
  return data === null
    ? head
    : `${head};data=${JSON.stringify({ LocaleTime: '2026-04-05 11:00:03', ...fire }, null, 3)}`;
};
