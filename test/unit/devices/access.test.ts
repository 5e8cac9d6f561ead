import { describe, expect, it } from 'vitest';
import {
  createSecret,
  hashSecret,
  mayPublish,
  maySubscribe,
  mosquittoFiles,
  type Principal,
  verifySecret,
} from '../../../src/devices/index.ts';

const gatewayOf = (id: string): string | null => (id === 'DRONE1' ? 'DOCK1' : null);
const camera: Principal = { owner: 'device', kind: 'camera', id: 'cam-1' };
const satellite: Principal = { owner: 'device', kind: 'satellite', id: 'viirs' };
const drone: Principal = { owner: 'device', kind: 'drone', id: 'd-7' };
const dock: Principal = { owner: 'device', kind: 'dock', id: 'DOCK1' };
const box: Principal = { owner: 'device', kind: 'gateway', id: 'box-1' };
const frigate: Principal = { owner: 'device', kind: 'gateway', id: 'frigate' };
const person: Principal = { owner: 'person', id: 'p-1' };

describe('secrets', () => {
  it('verify against their own hash only', () => {
    const secret = createSecret();
    const hash = hashSecret(secret);
    expect(verifySecret(secret, hash)).toBe(true);
    expect(verifySecret(`${secret}x`, hash)).toBe(false);
    expect(verifySecret(secret, 'not a hash')).toBe(false);
    expect(createSecret()).not.toBe(secret);
  });

  it('have the format of a Mosquitto password file', () => {
    expect(hashSecret('x')).toMatch(/^\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/=]{88}$/);
  });
});

describe('mayPublish', () => {
  it.each([
    [camera, 'fengsui/v1/camera/cam-1/detection', true],
    [camera, 'fengsui/v1/camera/cam-1/status', true],
    [camera, 'fengsui/v1/camera/cam-2/detection', false],
    [camera, 'fengsui/v1/camera/cam-1/image/alarm-7', true],
    [camera, 'fengsui/v1/camera/cam-2/image/alarm-7', false],
    [camera, 'fengsui/v1/camera/cam-1/image', false],
    [camera, 'fengsui/v1/camera/cam-1/image/alarm-7/more', false],
    [person, 'fengsui/v1/person/p-1/image/alarm-7', false],
    [camera, 'fengsui/v1/camera/cam-11/detection', false],
    [camera, 'fengsui/v1/drone/cam-1/detection', false],
    [camera, 'fengsui/v1/camera/cam-1/nonsense', false],
    [camera, 'fengsui/v1/person/p-1/inbox', false],
    [drone, 'fengsui/v1/drone/d-7/mavlink', true],
    [drone, 'fengsui/v1/drone/d-8/mavlink', false],
    [drone, 'udp/mavlink/10.8.0.7', false],
    [camera, 'fengsui/v1/camera/cam-1/mavlink', false],
    [satellite, 'fengsui/v1/satellite/viirs/detection', true],
    [satellite, 'fengsui/v1/camera/viirs/detection', false],
    [dock, 'thing/product/DOCK1/osd', true],
    [dock, 'thing/product/DRONE1/osd', true],
    [dock, 'thing/product/DRONE2/osd', false],
    [dock, 'sys/product/DOCK1/status', true],
    [frigate, 'frigate/events', true],
    [frigate, 'frigate/ridge/smoke/snapshot', true],
    [box, 'frigate/events', false],
    [camera, 'frigate/events', false],
    [box, 'fengsui/v1/gateway/box-1/frigate/events', true],
    [box, 'fengsui/v1/gateway/box-2/frigate/events', false],
    [frigate, 'fengsui/v1/gateway/box-1/frigate/events', false],
    [camera, 'cam-1/onvif-ej/RuleEngine/Fire', true],
    [camera, 'cam-2/onvif-ej/RuleEngine/Fire', false],
    [camera, 'axis/cam-1/event/tns:onvif/Device', true],
    [camera, 'axis/cam-2/event/tns:onvif/Device', false],
    [camera, 'http/hikvision/cam-1', false],
    [box, 'box-1/onvif-ej/RuleEngine/Fire', false],
    [person, 'p-1/onvif-ej/RuleEngine/Fire', false],
    [dock, 'thing/product/DRONE1/events', true],
    [dock, 'thing/product/DOCK2/events', false],
    [dock, 'sys/product/DRONE2/status', false],
    [camera, 'thing/product/cam-1/osd', false],
    [person, 'fengsui/v1/person/p-1/receipt', true],
    [person, 'fengsui/v1/person/p-1/inbox', false],
    [person, 'fengsui/v1/person/p-2/position', false],
    [person, 'thing/product/p-1/osd', false],
  ])('%o on %s: %s', (principal, topic, allowed) => {
    expect(mayPublish(principal, topic, gatewayOf)).toBe(allowed);
  });
});

describe('maySubscribe', () => {
  it.each([
    [person, 'fengsui/v1/person/p-1/inbox', true],
    [person, 'fengsui/v1/person/+/inbox', false],
    [person, '#', false],
    [person, 'fengsui/v1/person/p-2/inbox', false],
    [dock, 'thing/product/DOCK1/services', true],
    [dock, 'thing/product/+/services', false],
    [dock, 'thing/product/DOCK2/services', false],
    [dock, 'thing/product/#', false],
    [dock, 'sys/product/DOCK1/status_reply', true],
    [camera, 'thing/product/cam-1/services', false],
    [camera, 'fengsui/v1/camera/cam-1/#', true],
    [camera, '$share/g/fengsui/v1/#', false],
    [frigate, 'frigate/+/detect/set', true],
    [box, 'fengsui/v1/gateway/box-1/frigate/#', true],
    [box, 'frigate/#', false],
    [camera, 'axis/cam-1/#', true],
    [camera, 'axis/#', false],
  ])('%o on %s: %s', (principal, filter, allowed) => {
    expect(maySubscribe(principal, filter, gatewayOf)).toBe(allowed);
  });
});

it('writes the same rules for Mosquitto', () => {
  const { passwd, acl } = mosquittoFiles(
    [
      { owner: 'device', id: 'DOCK1', kind: 'dock', gatewayId: null, secretHash: '$7$h1' },
      { owner: 'device', id: 'DRONE1', kind: 'drone', gatewayId: 'DOCK1', secretHash: '$7$h2' },
      { owner: 'device', id: 'DRONE2', kind: 'drone', gatewayId: 'DOCK2', secretHash: '$7$h4' },
      { owner: 'person', id: 'p-1', secretHash: '$7$h3' },
      { owner: 'device', id: 'cam-1', kind: 'camera', gatewayId: 'frigate', secretHash: '$7$h4' },
      { owner: 'device', id: 'frigate', kind: 'gateway', gatewayId: null, secretHash: '$7$h5' },
    ],
    { username: 'fengsui', secretHash: '$7$h0' },
  );
  expect(passwd).toBe(
    'fengsui:$7$h0\nDOCK1:$7$h1\nDRONE1:$7$h2\nDRONE2:$7$h4\np-1:$7$h3\ncam-1:$7$h4\nfrigate:$7$h5\n',
  );
  const dockRules = acl.split('user ').find((block) => block.startsWith('DOCK1'));
  expect(dockRules).toContain('topic readwrite thing/product/DRONE1/#');
  expect(dockRules).not.toContain('DRONE2');
  const personRules = acl.split('user ').find((block) => block.startsWith('p-1'));
  expect(personRules).toContain('topic read fengsui/v1/person/p-1/#');
  expect(personRules).not.toContain('thing/product');
  const cameraRules = acl.split('user ').find((block) => block.startsWith('cam-1'));
  expect(cameraRules).toContain('topic readwrite cam-1/onvif-ej/#');
  expect(cameraRules).toContain('topic readwrite axis/cam-1/#');
  expect(cameraRules).not.toContain('mavlink');
  expect(acl).toContain('topic write fengsui/v1/drone/DRONE1/mavlink');
  expect(cameraRules).toContain('topic write fengsui/v1/camera/cam-1/image/+');
  expect(cameraRules).not.toContain('frigate');
  expect(cameraRules).not.toContain('thing/product');
  const boxRules = acl.split('user ').find((block) => block.startsWith('frigate'));
  expect(boxRules).toContain('topic readwrite frigate/#');
});
