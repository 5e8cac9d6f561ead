import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import { NOTHING_READ } from '../../telemetry/index.ts';
import { type Decoded, rejected } from '../decoded.ts';
import { type DjiMessage, invalidDji, within } from './dji-envelope.ts';
import { djiAzimuth, djiPosition } from './dji-osd.ts';

const checkData = compileSchema(Type.Record(Type.String(), Type.Unknown()));

/**
 * `thing/product/{gateway}/drc/up`: while somebody flies by hand the aircraft's position comes here, up to 30 times
 * a second (`osd_info_push`). The other DRC messages (obstacles, delays, heartbeats) say nothing that we keep.
 */
export const decodeDrcUp = (message: DjiMessage): Decoded => {
  if (message.method !== 'osd_info_push') return { kind: 'nothing' };
  const checked = checkData(message.data);
  if (!checked.ok) return invalidDji(checked.errors, '/data');
  const data = checked.value;
  const position = djiPosition(data.longitude, data.latitude);
  if (position === 'invalid') {
    return rejected('invalid_payload', '/data/latitude or /data/longitude is out of range');
  }
  const height = position === null ? null : within(data.height, -1000, 20_000);
  const east = within(data.speed_x, -200, 200);
  const north = within(data.speed_y, -200, 200);
  return {
    kind: 'telemetry',
    reading: {
      ...NOTHING_READ,
      observedAt: message.observedAt,
      lon: position?.[0] ?? null,
      lat: position?.[1] ?? null,
      altitudeM: height,
      altitudeRef: height === null ? null : 'ellipsoid',
      headingDeg: djiAzimuth(data.attitude_head),
      gimbalPitchDeg: within(data.gimbal_pitch, -180, 180),
      gimbalYawDeg: djiAzimuth(data.gimbal_yaw),
      speedMps: east === null || north === null ? null : within(Math.hypot(east, north), 0, 200),
    },
  };
};
