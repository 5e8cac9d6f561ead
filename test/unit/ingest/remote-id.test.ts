import { describe, expect, it } from 'vitest';
import type { AircraftSighting } from '../../../src/airspace/index.ts';
import { mayPublish } from '../../../src/devices/index.ts';
import type { Decoded } from '../../../src/ingest/decoded.ts';
import { decodeRemoteId } from '../../../src/ingest/dialects/remote-id.ts';
import { parseTopic } from '../../../src/ingest/topics.ts';
import { camera } from '../../support/camera-fixtures.ts';
import { odidBytes, remoteIdMessage, type Said } from '../../support/remote-id-fixtures.ts';

const receivedAt = new Date('2026-04-05T03:00:05Z');
const decode = (payload: string | Buffer): Decoded[] => {
  const message = decodeRemoteId(Buffer.from(payload), { receivedAt, timeZone: 'Asia/Shanghai' });
  if (message.kind === 'rejected') return [message];
  return message.items.map(({ readFor }) => readFor(camera()));
};
const one = (said: Said, over: Record<string, unknown> = {}): Decoded | undefined =>
  decode(JSON.stringify(remoteIdMessage(said, over)))[0];
const sighting = (said: Said, over: Record<string, unknown> = {}): AircraftSighting => {
  const decoded = one(said, over);
  if (decoded?.kind !== 'aircraft') throw new Error(`is ${String(decoded?.kind)}`);
  return decoded.sighting;
};
const HERE = { lon: 113.27, lat: 26.71 };

describe('a DroneScout receiver', () => {
  it('says who flies where', () => {
    const said = sighting({
      ...HERE,
      altitudeM: 612.5,
      heightM: 120,
      aboveGround: true,
      speedMps: 11.25,
      directionDeg: 271,
      operator: [113.2, 26.7],
      operatorId: 'CHN-OP-7',
      purpose: 'roof survey',
    });
    expect(said).toMatchObject({
      id: '1581F4FOREIGN0000001',
      idType: 'serial_number',
      category: 'multirotor',
      state: 'airborne',
      observedAt: new Date('2026-04-05T03:00:03Z'),
      position: [113.27, 26.71],
      altitudeM: 612.5,
      heightM: 120,
      heightRef: 'ground',
      speedMps: 11.25,
      verticalSpeedMps: null,
      headingDeg: 271,
      operatorId: 'CHN-OP-7',
      operatorPosition: [113.2, 26.7],
      purpose: 'roof survey',
    });
    expect(said.reception).toMatchObject({ RSSI: -61, type: 'BLE long range' });
    expect(said.reception).not.toHaveProperty('UASdata');
  });

  it('takes every "unknown" of the standard for null', () => {
    expect(sighting(HERE)).toMatchObject({
      altitudeM: null,
      heightM: null,
      heightRef: null,
      speedMps: null,
      headingDeg: null,
      operatorId: null,
      operatorPosition: null,
      purpose: null,
    });
    expect(one({ lon: 0, lat: 0 })).toEqual({ kind: 'nothing' });
    expect(one({ lon: Number.NaN, lat: 26.7 })).toEqual({ kind: 'nothing' });
    expect(sighting({ ...HERE, operator: [0, 0] }).operatorPosition).toBeNull();
    expect(sighting({ ...HERE, status: 9 }).state).toBeNull();
  });

  it('prefers the serial number, reads bytes as hexadecimal, and falls back on the transmitter', () => {
    const registration = 'CHN.UAS12345';
    expect(sighting({ ...HERE, registration }).idType).toBe('serial_number');
    const registered = odidBytes({ ...HERE, serial: null, registration });
    const of = (bytes: Buffer) => sighting(HERE, { UASdata: bytes.toString('base64') });
    expect(of(registered)).toMatchObject({ id: registration });
    const session = odidBytes({ ...HERE, serial: '\u0001\u00a7\u00ff' });
    session.writeInt32LE(4, 4);
    expect(of(session)).toMatchObject({ id: '01a7ff'.padEnd(40, '0'), idType: 'session_id' });
    expect(sighting({ ...HERE, serial: null })).toMatchObject({
      id: 'mac:60:60:1f:aa:bb:cc',
      idType: 'mac',
    });
    expect(one({ ...HERE, serial: null }, { 'MAC address': '00:00:00:00:00:00' })).toMatchObject({
      kind: 'rejected',
    });
  });

  it.each([
    ['ahead of ours', receivedAt.getTime() + 1000],
    ['of 1970', 1000],
    ['missing', undefined],
    ['no number', 'yesterday'],
  ])('does not believe a clock that is %s', (_name, timestamp) => {
    expect(sighting(HERE, { timestamp }).observedAt).toEqual(receivedAt);
  });

  it('puts several into a message, and says that it is there', () => {
    const text = JSON.stringify(remoteIdMessage(HERE));
    const status = JSON.stringify({ protocol: 1, status: { 'sensor ID': 'x', status: 'normal' } });
    const broken = JSON.stringify({ protocol: 1 });
    const kinds = decode(`${text}${text}\n${status}${broken}\0`).map(({ kind }) => kind);
    expect(kinds).toEqual(['aircraft', 'aircraft', 'status', 'rejected']);
  });

  it.each([
    ['too short a structure', JSON.stringify(remoteIdMessage({}, { UASdata: 'AA==' })), /1 bytes/],
    ['no JSON', 'hello', /not JSON/],
    ['what was compressed', Buffer.from('5d00008000ffff', 'hex'), /not UTF-8/],
  ])('is refused %s, with a reason', (_name, payload, reason) => {
    const [decoded] = decode(payload);
    expect(decoded).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(reason) as string,
    });
  });
});

describe('its topic', () => {
  it('is its own', () => {
    const topic = 'fengsui/v1/gateway/rid-1/remote-id';
    expect(parseTopic(topic)).toMatchObject({
      kind: 'known',
      topic: { dialect: 'remote-id', id: 'rid-1' },
    });
    expect(parseTopic(`${topic}/x`).kind).toBe('unknown');
    const receiver = (id: string) => ({ owner: 'device', id, kind: 'gateway' }) as const;
    expect(mayPublish(receiver('rid-1'), topic, () => null)).toBe(true);
    expect(mayPublish(receiver('rid-2'), topic, () => null)).toBe(false);
    const drone = { owner: 'device', id: 'rid-1', kind: 'drone' } as const;
    expect(mayPublish(drone, 'fengsui/v1/drone/rid-1/remote-id', () => null)).toBe(false);
  });
});
