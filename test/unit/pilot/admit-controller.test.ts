import { describe, expect, it } from 'vitest';
import { admitController } from '../../../src/pilot/admit-controller.ts';
import { brokerAddress } from '../../../src/pilot/index.ts';

const controller = {
  id: 'RC',
  kind: 'dock' as const,
  properties: { controller: true },
  revoked: false,
};

describe('who is logged in at the page for controllers', () => {
  it('a controller nobody has registered, and one that is registered as such', () => {
    expect(admitController(undefined, true)).toEqual({ kind: 'register' });
    expect(admitController(controller, true)).toEqual({ kind: 'renew' });
    const told = { ...controller, properties: { modelKey: '2-174-0' } };
    expect(admitController(told, true)).toEqual({ kind: 'renew' });
  });

  it.each([
    ['a dock', { ...controller, properties: { modelKey: '3-3-0' } }, true, 'conflict'],
    ['a dock that said nothing of itself yet', { ...controller, properties: {} }, true, 'conflict'],
    ['a camera', { ...controller, kind: 'camera' as const }, true, 'conflict'],
    ['one whose login was revoked', { ...controller, revoked: true }, true, 'conflict'],
    ['one of another region', controller, false, 'forbidden'],
  ])('not %s', (_, known, isVisible, code) => {
    expect(admitController(known, isVisible)).toMatchObject({ kind: 'refused', code });
  });
});

describe('where it is sent', () => {
  const embedded = { host: '0.0.0.0', url: 'mqtt://0.0.0.0:18830' };

  it.each([
    ['tcp://mq.example.org:1883', 'tcp://mq.example.org:1883'],
    ['mqtt://mq.example.org:1883', 'tcp://mq.example.org:1883'],
    ['mqtts://mq.example.org:8883', 'ssl://mq.example.org:8883'],
    ['ws://mq.example.org:8083', 'ws://mq.example.org:8083'],
  ])('as configured: %s', (publicUrl, expected) => {
    expect(brokerAddress('10.0.0.1', { publicUrl, embedded })).toBe(expected);
  });

  it('else to the embedded broker at the name by which the page was reached', () => {
    expect(brokerAddress('10.0.0.1', { publicUrl: undefined, embedded })).toBe(
      'tcp://10.0.0.1:18830',
    );
  });

  it('and nowhere when that would lead nowhere', () => {
    const at = (host: string) => () =>
      brokerAddress('10.0.0.1', { publicUrl: undefined, embedded: { ...embedded, host } });
    expect(at('127.0.0.1')).toThrow(/MQTT_HOST=0\.0\.0\.0/);
    expect(at('localhost')).toThrow(/MQTT_HOST/);
    expect(() => brokerAddress('h', { publicUrl: undefined, embedded: undefined })).toThrow(
      /MQTT_PUBLIC_URL/,
    );
  });
});
