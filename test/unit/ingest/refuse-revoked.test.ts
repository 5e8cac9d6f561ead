import { describe, expect, it } from 'vitest';
import { refuseRevoked } from '../../../src/ingest/refuse-revoked.ts';
import { parseTopic } from '../../../src/ingest/topics.ts';

const registry = {
  isRevoked: (id: string) => id.startsWith('REVOKED'),
  gatewayOf: (id: string) => ({ DRONE1: 'REVOKED-DOCK', DRONE2: 'DOCK2' })[id] ?? null,
};
const judge = (topic: string, publisherId: string | null = null, payload = '{}') => {
  const parsed = parseTopic(topic);
  if (parsed.kind !== 'known') throw new Error(`${topic} is not known`);
  return refuseRevoked(parsed.topic, { payload: Buffer.from(payload), publisherId }, registry)
    ?.code;
};

describe('a revoked login', () => {
  it.each([
    'fengsui/v1/camera/REVOKED-CAM/detection',
    'fengsui/v1/camera/REVOKED-CAM/telemetry',
    'fengsui/v1/camera/REVOKED-CAM/image/event-1',
    'fengsui/v1/person/REVOKED-P/receipt',
    'thing/product/REVOKED-DOCK/events',
    'sys/product/REVOKED-DOCK/status',
    'REVOKED-CAM/onvif-ej/RuleEngine/Fire',
    'axis/REVOKED-CAM/event/tns:onvif/Device',
    'fengsui/v1/gateway/REVOKED-BOX/frigate/events',
    'http/hikvision/REVOKED-NVR',
  ])('is refused on %s, also where the broker does not say who published', (topic) => {
    expect(judge(topic)).toBe('revoked_device');
    expect(judge(topic.replaceAll('REVOKED-', 'IN-USE-'))).toBeUndefined();
  });

  it('is refused by who published, whatever the topic', () => {
    expect(judge('thing/product/DRONE2/osd', 'REVOKED-DOCK')).toBe('revoked_device');
  });

  it('of a gateway silences its aircraft, unless the aircraft itself is known to have published', () => {
    expect(judge('thing/product/DRONE1/osd')).toBe('revoked_device');
    expect(judge('thing/product/DRONE1/osd', 'DRONE1')).toBeUndefined();
    expect(judge('thing/product/DRONE2/osd')).toBeUndefined();
  });

  it('may still say that it went offline, and nothing else', () => {
    const topic = 'fengsui/v1/camera/REVOKED-CAM/status';
    expect(judge(topic, null, 'offline')).toBeUndefined();
    expect(judge(topic, null, 'online')).toBe('revoked_device');
    expect(judge(topic, null, '')).toBe('revoked_device');
  });
});
