import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { decodeCameraMessage } from '../../../src/ingest/camera-intake.ts';
import { decodeDeviceMessage, decodePersonMessage } from '../../../src/ingest/dialects/native.ts';
import { parseTopic } from '../../../src/ingest/topics.ts';
import { packageFile } from '../../../src/shared/package-root.ts';
import { bytes, camera, cameraTopic } from '../../support/camera-fixtures.ts';

type Message = { payload: { $ref: string }; examples?: { payload: unknown }[] };
type AsyncApi = {
  asyncapi: string;
  channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
  operations: Record<
    string,
    { action: string; channel: { $ref: string }; reply?: { channel: { $ref: string } } }
  >;
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> };
};
type Schema = { properties?: Record<string, unknown>; required?: string[] };

const document = parse(readFileSync(packageFile('docs/asyncapi.yaml'), 'utf8')) as AsyncApi;
const addresses = Object.values(document.channels).map(({ address }) => address);
const fields = (schema: string): string[] =>
  Object.keys(document.components.schemas[schema]?.properties ?? {});

describe('docs/asyncapi.yaml', () => {
  it('is AsyncAPI 3.0 and refers only to what is there', () => {
    expect(document.asyncapi).toBe('3.0.0');
    const broken: string[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key !== '$ref' || typeof value !== 'string') visit(value);
        else if (resolve(value) === undefined) broken.push(value);
      }
    };
    visit(document);
    expect(broken).toEqual([]);
  });

  it.each([
    'fengsui/v1/drone/{deviceId}/telemetry',
    'fengsui/v1/camera/{deviceId}/telemetry',
    'fengsui/v1/camera/{deviceId}/detection',
    'fengsui/v1/drone/{deviceId}/detection',
    'fengsui/v1/{kind}/{deviceId}/detection',
    'fengsui/v1/{kind}/{deviceId}/status',
    'fengsui/v1/{kind}/{deviceId}/image/{detectionId}',
    'fengsui/v1/person/{personId}/position',
    'fengsui/v1/person/{personId}/inbox',
    'fengsui/v1/person/{personId}/receipt',
    'fengsui/v1/drone/{deviceId}/mavlink',
    'thing/product/{deviceSn}/osd',
    'frigate/events',
    'frigate/available',
    'fengsui/v1/gateway/{deviceId}/frigate/events',
    'fengsui/v1/gateway/{deviceId}/remote-id',
    '{deviceId}/onvif-ej/{path}',
    'axis/{deviceId}/event/{path}',
    'thing/product/{deviceSn}/state',
    'thing/product/{gatewaySn}/drc/up',
    'sys/product/{gatewaySn}/status',
    'sys/product/{gatewaySn}/status_reply',
    'thing/product/{gatewaySn}/requests',
    'thing/product/{gatewaySn}/requests_reply',
    'thing/product/{gatewaySn}/events',
    'thing/product/{gatewaySn}/events_reply',
    'thing/product/{gatewaySn}/services',
    'thing/product/{gatewaySn}/services_reply',
  ])('describes %s, and some operation uses it', (address) => {
    const name = Object.entries(document.channels).find(([, c]) => c.address === address)?.[0];
    expect(name).toBeDefined();
    const used = Object.values(document.operations).flatMap(({ channel, reply }) => [
      channel.$ref,
      reply?.channel.$ref,
    ]);
    expect(used).toContain(`#/channels/${name ?? ''}`);
  });

  it('describes only topics the service knows', () => {
    const filled = addresses.map((address) =>
      address.replace('{kind}', 'camera').replaceAll(/\{\w+\}/g, 'x-1'),
    );
    const unknown = filled.filter((topic) => parseTopic(topic).kind === 'unknown');
    expect(unknown).toEqual([]);
  });

  it('names the fields of the contract', () => {
    const drone =
      'at lon lat altitudeM altitudeRef headingDeg gimbalPitchDeg gimbalYawDeg speedMps batteryPct flightTimeLeftS';
    expect(fields('droneTelemetry')).toEqual(drone.split(' '));
    expect(fields('cameraTelemetry')).toEqual(['at', 'panDeg', 'tiltDeg', 'hfovDeg']);
    const detection =
      'id deviceId at kind confidence azimuthDeg elevationDeg bbox frame lon lat positionRadiusM regionId rangeM temperatureC imageUrl';
    expect(fields('detection')).toEqual(detection.split(' '));
    expect(fields('position')).toEqual(['at', 'lon', 'lat', 'accuracyM']);
    expect(fields('receipt')).toEqual(['notificationId', 'event', 'reply', 'at']);
  });

  it('gives examples the service takes', () => {
    const payloads = (message: string): Buffer[] =>
      (document.components.messages[message]?.examples ?? []).map(({ payload }) =>
        Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      );
    const kinds = [
      ...payloads('droneTelemetry').map((p) => decodeDeviceMessage('x', 'telemetry', p).kind),
      ...payloads('cameraTelemetry').map((p) => decodeDeviceMessage('x', 'telemetry', p).kind),
      ...payloads('detection').map((p) => decodeDeviceMessage('x', 'detection', p).kind),
      ...payloads('status').map((p) => decodeDeviceMessage('x', 'status', p).kind),
      ...payloads('position').map((p) => decodePersonMessage('position', p).kind),
      ...payloads('receipt').map((p) => decodePersonMessage('receipt', p).kind),
    ];
    expect(kinds).toEqual([
      'telemetry',
      'telemetry',
      'detection',
      'detection',
      'status',
      'position',
      'receipt',
      'receipt',
    ]);
  });

  it.each([
    ['frigateEvent', 'frigate/events'],
    ['onvifEvent', 'x/onvif-ej/RuleEngine/SmokeDetector/Alarm/&1'],
    ['axisEvent', 'axis/x/event/tns:axis/SmokeFinder'],
  ])('gives an example of %s that is a detection', (message, topic) => {
    const [example] = document.components.messages[message]?.examples ?? [];
    if (example === undefined) throw new Error(message);
    const decoded = decodeCameraMessage(cameraTopic(topic), bytes(example.payload), {
      receivedAt: new Date(),
      timeZone: 'Asia/Shanghai',
      sender: camera(),
    });
    if (decoded.kind === 'rejected') throw new Error(decoded.reason);
    expect(decoded.items.map(({ readFor }) => readFor(camera()).kind)).toEqual(['detection']);
  });
});

const resolve = (ref: string): unknown =>
  ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
