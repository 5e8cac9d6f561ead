import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDjiOsd } from '../../../src/ingest/dialects/dji-osd.ts';

const receivedAt = new Date('2026-04-05T03:00:05Z');
const envelope = (data: unknown) => ({
  tid: 't',
  bid: 'b',
  timestamp: 1_775_358_000_000,
  gateway: 'dock-1',
  data,
});
const decode = (body: unknown, device: 'aircraft' | 'dock' = 'aircraft') =>
  decodeDjiOsd(
    Buffer.from(JSON.stringify(body)),
    {
      id: device === 'dock' ? 'dock-1' : 'DRONE1',
      device,
      gatewayId: device === 'dock' ? null : 'dock-1',
      maker: 'dji',
      laserRadiusM: 30,
    },
    receivedAt,
  );
const reading = (data: unknown, device: 'aircraft' | 'dock' = 'aircraft') => {
  const decoded = decode(envelope(data), device);
  if (decoded.kind !== 'telemetry') throw new Error(JSON.stringify(decoded));
  return decoded.reading;
};

const aircraft = {
  '53-0-0': {
    gimbal_pitch: -45.2,
    gimbal_roll: 0,
    gimbal_yaw: -120.5,
    payload_index: '53-0-0',
    thermal_mode_2030: 7,
  },
  attitude_head: -41.7,
  battery: { capacity_percent: 90, remain_flight_time: 1200 },
  elevation: 80.2,
  height: 338.4,
  horizontal_speed: 7.5,
  latitude: 26.7091,
  longitude: 113.2692,
  mode_code: 99,
};

describe('DJI OSD of an aircraft', () => {
  it('reads position, ellipsoidal height, heading, gimbal and battery', () => {
    expect(reading(aircraft)).toMatchObject({
      observedAt: new Date(1_775_358_000_000),
      lon: 113.2692,
      lat: 26.7091,
      altitudeM: 338.4,
      altitudeRef: 'ellipsoid',
      headingDeg: 318.3,
      gimbalPitchDeg: -45.2,
      gimbalYawDeg: 239.5,
      speedMps: 7.5,
      batteryPct: 90,
      flightTimeLeftS: 1200,
    });
  });

  it('keeps unknown fields and enum values as they came', () => {
    expect(reading(aircraft).osd).toEqual(aircraft);
  });

  it('takes 0/0 as no fix, and the height with it', () => {
    expect(reading({ ...aircraft, latitude: 0, longitude: 0 })).toMatchObject({
      lon: null,
      lat: null,
      altitudeM: null,
    });
  });

  it('refuses a position out of range and an envelope without data', () => {
    expect(decode(envelope({ ...aircraft, latitude: 91 }))).toMatchObject({
      kind: 'rejected',
      code: 'invalid_payload',
    });
    expect(decode({ tid: 't', timestamp: 1 })).toMatchObject({
      kind: 'rejected',
      code: 'invalid_payload',
    });
  });

  it('uses our clock where there is no timestamp', () => {
    const decoded = decode({ data: aircraft });
    expect(decoded).toMatchObject({ kind: 'telemetry', reading: { observedAt: receivedAt } });
  });
});

describe('DJI OSD of a dock', () => {
  it('reads each partial message for what it carries', () => {
    const link = reading({ flighttask_step_code: 255, wireless_link: { sdr_quality: 0 } }, 'dock');
    expect(link).toMatchObject({ lon: null, batteryPct: null });
    expect(link.osd).toEqual({ flighttask_step_code: 255, wireless_link: { sdr_quality: 0 } });
    const place = reading(
      { latitude: 22.9078, longitude: 113.7034, height: 34.2, mode_code: 1 },
      'dock',
    );
    expect(place).toMatchObject({
      lon: 113.7034,
      lat: 22.9078,
      altitudeM: 34.2,
      altitudeRef: 'ellipsoid',
    });
  });

  it('takes 32767 as unavailable, wherever it stands', () => {
    const { osd } = reading(
      { wind_speed: 32767, nested: { humidity: 32767, ok: 1 }, list: [32767, 2] },
      'dock',
    );
    expect(osd).toEqual({ wind_speed: null, nested: { humidity: null, ok: 1 }, list: [null, 2] });
  });
});

it('never throws and never yields a position out of range under mutation', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(aircraft), 'battery', 'timestamp'),
      fc.jsonValue(),
      fc.constantFrom('aircraft' as const, 'dock' as const),
      (key, value, device) => {
        const body = {
          ...envelope({ ...aircraft, [key]: value }),
          ...(key === 'timestamp' ? { timestamp: value } : {}),
        };
        const decoded = decode(body, device);
        if (decoded.kind === 'rejected') return decoded.reason !== '';
        if (decoded.kind !== 'telemetry') return false;
        const { lon, lat } = decoded.reading;
        return (
          (lon === null || Math.abs(lon) <= 180) &&
          (lat === null || Math.abs(lat) <= 90) &&
          !Number.isNaN(decoded.reading.observedAt.getTime())
        );
      },
    ),
  );
});
