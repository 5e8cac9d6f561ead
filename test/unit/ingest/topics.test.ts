import { describe, expect, it } from 'vitest';
import { parseTopic } from '../../../src/ingest/topics.ts';

describe('parseTopic', () => {
  it.each([
    [
      'fengsui/v1/camera/cam-1/detection',
      { dialect: 'native', lane: 'alarm', kind: 'camera', id: 'cam-1', message: 'detection' },
    ],
    [
      'fengsui/v1/drone/d/telemetry',
      { dialect: 'native', lane: 'telemetry', kind: 'drone', id: 'd', message: 'telemetry' },
    ],
    [
      'fengsui/v1/person/p/receipt',
      { dialect: 'native', lane: 'alarm', publisher: 'person', id: 'p', message: 'receipt' },
    ],
    ['fengsui/v1/person/p/position', { dialect: 'native', lane: 'telemetry', publisher: 'person' }],
    ['fengsui/v1/satellite/viirs/detection', { lane: 'alarm', kind: 'satellite', id: 'viirs' }],
    ['fengsui/v1/caller/12119/detection', { lane: 'alarm', kind: 'caller', id: '12119' }],
    ['fengsui/v1/ranger/r-7/detection', { lane: 'alarm', kind: 'ranger', id: 'r-7' }],
    ['frigate/events', { dialect: 'frigate', lane: 'alarm', id: 'frigate', message: 'events' }],
    ['frigate/available', { dialect: 'frigate', lane: 'telemetry', id: 'frigate' }],
    [
      'fengsui/v1/gateway/box-2/frigate/events',
      { dialect: 'frigate', lane: 'alarm', id: 'box-2', message: 'events' },
    ],
    [
      'cam-1/onvif-ej/tns1:RuleEngine/SmokeDetector/&1',
      { dialect: 'onvif', lane: 'alarm', id: 'cam-1', path: 'RuleEngine/SmokeDetector/&1' },
    ],
    [
      'cam-1/onvif-ej/PTZController/PTZStatus',
      { dialect: 'onvif', lane: 'telemetry', path: 'PTZController/PTZStatus' },
    ],
    [
      'axis/cam-1/event/tns:onvif/Device/tns:axis/Sensor/PIR',
      { dialect: 'axis', lane: 'alarm', id: 'cam-1', path: 'onvif/Device/axis/Sensor/PIR' },
    ],
    ['axis/cam-1/event/tns:axis/PTZ/Smoke', { dialect: 'axis', lane: 'alarm' }],
    [
      'fengsui/v1/camera/cam-1/image/alarm%2F7%20%E7%83%9F',
      {
        lane: 'picture',
        kind: 'camera',
        id: 'cam-1',
        message: 'image',
        sourceEventId: 'alarm/7 烟',
      },
    ],
    [
      'frigate/ridge/smoke/snapshot',
      { dialect: 'frigate', lane: 'picture', id: 'frigate', message: 'snapshot', camera: 'ridge' },
    ],
    [
      'fengsui/v1/gateway/box-2/frigate/ridge/fire/snapshot',
      { dialect: 'frigate', lane: 'picture', id: 'box-2', camera: 'ridge' },
    ],
    ['http/gb28181/box-1', { dialect: 'gb28181', lane: 'alarm', id: 'box-1' }],
    [
      'fengsui/v1/drone/d-7/mavlink',
      { dialect: 'mavlink', lane: 'telemetry', from: { deviceId: 'd-7' } },
    ],
    ['udp/mavlink/10.8.0.7', { dialect: 'mavlink', from: { address: '10.8.0.7' } }],
    ['fengsui/v1/gateway/box-1/status', { dialect: 'native', kind: 'gateway', id: 'box-1' }],
    ['thing/product/SN1/osd', { dialect: 'dji', lane: 'telemetry', id: 'SN1', message: 'osd' }],
    ['thing/product/SN1/state', { dialect: 'dji', lane: 'telemetry', message: 'state' }],
    ['thing/product/SN1/drc/up', { dialect: 'dji', lane: 'telemetry', message: 'drc' }],
    ['sys/product/SN1/status', { dialect: 'dji', lane: 'control', message: 'status' }],
    ['thing/product/SN1/events', { dialect: 'dji', lane: 'control', message: 'events' }],
    ['thing/product/SN1/requests', { dialect: 'dji', lane: 'control', message: 'requests' }],
    [
      'thing/product/SN1/services_reply',
      { dialect: 'dji', lane: 'control', message: 'services_reply' },
    ],
  ])('knows %s', (topic, expected) => {
    expect(parseTopic(topic)).toMatchObject({ kind: 'known', topic: expected });
  });

  it.each([
    'frigate/stats',
    'frigate/ridge/cat/snapshot',
    'frigate/ridge/smoke/snapshot/more',
    'axis/cam-1/status',
    'fengsui/v1/person/p/inbox',
    'thing/product/SN1/services',
    'thing/product/SN1/events_reply',
    'thing/product/SN1/requests_reply',
    'thing/product/SN1/drc/down',
    'thing/product/SN1/property/set_reply',
    'sys/product/SN1/status_reply',
    'sys/product/SN1/osd',
    'thing/product/SN1',
  ])('ignores %s', (topic) => {
    expect(parseTopic(topic).kind).toBe('ignored');
  });

  it.each([
    'fengsui/v1/camera/cam-1/detecton',
    'fengsui/v1/toaster/t/detection',
    'fengsui/v1/dock/d/detection',
    'fengsui/v1/gateway/g/detection',
    'http/telnet/cam-1',
    'http/hikvision/cam-1/more',
    'fengsui/v1/camera/cam-1',
    'fengsui/v1/camera/cam-1/detection/more',
    'fengsui/v1/camera/cam-1/image',
    'fengsui/v1/camera/cam-1/image/',
    'fengsui/v1/camera/cam-1/image/7/more',
    'fengsui/v1/camera/cam-1/image/%E7',
    `fengsui/v1/camera/cam-1/image/${'7'.repeat(201)}`,
    'fengsui/v1/gateway/g/image/7',
    'fengsui/v1/person/p/image/7',
    'fengsui/v2/camera/cam-1/detection',
    'something',
  ])('does not know %s', (topic) => {
    expect(parseTopic(topic).kind).toBe('unknown');
  });
});
