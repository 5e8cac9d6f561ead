import type { DeviceKind } from '../devices/index.ts';
import { type CameraTopic, type FrigateSnapshotTopic, parseCameraTopic } from './camera-topics.ts';

/**
 * Alarms travel on a connection, a subscription and a pool slot of their own: they never queue behind telemetry, nor
 * behind a picture. What a gateway waits for an answer to has a connection as well.
 */
export type Lane = 'alarm' | 'telemetry' | 'control' | 'picture';

export type Topic =
  | CameraTopic
  | {
      dialect: 'native';
      lane: Lane;
      publisher: 'device';
      kind: DeviceKind;
      id: string;
      message: DeviceMessage;
    }
  | PictureTopic
  | { dialect: 'native'; lane: Lane; publisher: 'person'; id: string; message: PersonMessage }
  | { dialect: 'dji'; lane: 'telemetry'; id: string; message: DjiReading }
  | { dialect: 'dji'; lane: 'control'; id: string; message: DjiControl }
  | { dialect: 'mavlink'; lane: 'telemetry'; message: 'mavlink'; from: MavlinkSender };

/** Raw MAVLink frames come from a login on the bus, or, by UDP, from an address that is nobody's yet. */
export type MavlinkSender = { deviceId: string } | { address: string };

export type PictureTopic = NativePictureTopic | FrigateSnapshotTopic;

/** The payload is the picture itself. */
type NativePictureTopic = {
  dialect: 'native';
  lane: 'picture';
  publisher: 'device';
  kind: DeviceKind;
  id: string;
  message: 'image';
  /** The `id` of the detection it shows, which may come before or after it. */
  sourceEventId: string;
};

export type DeviceMessage = 'telemetry' | 'detection' | 'status';
export type PersonMessage = 'position' | 'receipt' | 'status';

/** What a DJI gateway says of itself or its aircraft: `drc` is `drc/up`. */
export type DjiReading = 'osd' | 'state' | 'drc';
/** What it wants taken note of, or answered. */
export type DjiControl = 'status' | 'events' | 'requests' | 'services_reply';

export type TopicResult =
  | { kind: 'known'; topic: Topic }
  /** Ours (an app's inbox), or a vendor message of no interest yet: not an error, nothing to do. */
  | { kind: 'ignored' }
  | { kind: 'unknown'; reason: string };

const DEVICE_KINDS: readonly DeviceKind[] = [
  'camera',
  'drone',
  'dock',
  'satellite',
  'caller',
  'ranger',
  'gateway',
];
const DEVICE_MESSAGES: readonly DeviceMessage[] = ['telemetry', 'detection', 'status'];
const PERSON_MESSAGES: readonly PersonMessage[] = ['position', 'receipt', 'status'];
const ALARM_MESSAGES: readonly string[] = ['detection', 'receipt'];

const laneOf = (message: string): Lane =>
  ALARM_MESSAGES.includes(message) ? 'alarm' : 'telemetry';

/** Reads a topic: `fengsui/v1/{kind}/{id}/{message}`, DJI's `thing|sys/product/{sn}/…`, or one of a camera's dialects. */
export const parseTopic = (topic: string): TopicResult => {
  const levels = topic.split('/');
  const ofCamera = parseCameraTopic(levels);
  if (ofCamera !== undefined) return ofCamera;
  const [root, second, third, fourth, ...rest] = levels;
  if ((root === 'thing' || root === 'sys') && second === 'product' && third !== undefined) {
    return djiTopic(third, [root, ...levels.slice(3)].join('/'));
  }
  if (root === 'udp' && second === 'mavlink' && third !== undefined && levels.length === 3) {
    return mavlinkTopic({ address: third });
  }
  const [message, ...more] = rest;
  if (root !== 'fengsui' || second !== 'v1' || fourth === undefined || message === undefined) {
    return NOT_NATIVE;
  }
  const kind = DEVICE_KINDS.find((k) => k === third);
  if (kind !== undefined && message === 'image') return pictureTopic(kind, fourth, more);
  if (more.length > 0) return NOT_NATIVE;
  if (third === 'person') return personTopic(fourth, message);
  if (third === 'drone' && message === 'mavlink') return mavlinkTopic({ deviceId: fourth });
  const deviceMessage = DEVICE_MESSAGES.find((m) => m === message);
  if (kind === undefined)
    return {
      kind: 'unknown',
      reason: `device kind "${third}" is not one of ${DEVICE_KINDS.join(', ')}`,
    };
  if (deviceMessage === undefined || (isSightless(kind) && deviceMessage === 'detection')) {
    return { kind: 'unknown', reason: `message "${message}" is not one a ${kind} sends` };
  }
  return {
    kind: 'known',
    topic: {
      dialect: 'native',
      lane: laneOf(message),
      publisher: 'device',
      kind,
      id: fourth,
      message: deviceMessage,
    },
  };
};

/** Not on the bus: a datagram in the form of a message, so that one that could not be used is kept like the others. */
export const udpTopic = (address: string): string => `udp/mavlink/${address}`;

const mavlinkTopic = (from: MavlinkSender): TopicResult => ({
  kind: 'known',
  topic: { dialect: 'mavlink', lane: 'telemetry', message: 'mavlink', from },
});
const NOT_NATIVE: TopicResult = {
  kind: 'unknown',
  reason: 'topic is not fengsui/v1/{kind}/{id}/{message}',
};

/** As long as a detection's id may be. */
const EVENT_ID = /^.{1,200}$/su;

const pictureTopic = (kind: DeviceKind, id: string, more: readonly string[]): TopicResult => {
  const [level = '', ...deeper] = more;
  const sourceEventId = decodedLevel(level);
  if (isSightless(kind) || deeper.length > 0 || !EVENT_ID.test(sourceEventId)) {
    return {
      kind: 'unknown',
      reason: `topic is not fengsui/v1/{kind}/{id}/image/{id of the detection, URL-encoded} of what sees itself`,
    };
  }
  return {
    kind: 'known',
    topic: {
      dialect: 'native',
      lane: 'picture',
      publisher: 'device',
      kind,
      id,
      message: 'image',
      sourceEventId,
    },
  };
};

/** URL-encoded, for an id may hold what a topic level may not; '' where it is not well-formed. */
const decodedLevel = (level: string): string => {
  try {
    return decodeURIComponent(level);
  } catch {
    return '';
  }
};

/** Neither sees anything itself: what its drones and cameras see is theirs. */
const isSightless = (kind: DeviceKind): boolean => kind === 'dock' || kind === 'gateway';

/** By what comes beside the serial number; the other topics are our own answers and commands, or of no interest. */
const djiTopic = (id: string, rest: string): TopicResult => {
  const reading = DJI_READINGS[rest];
  if (reading !== undefined) {
    return { kind: 'known', topic: { dialect: 'dji', lane: 'telemetry', id, message: reading } };
  }
  const control = DJI_CONTROLS[rest];
  return control === undefined
    ? { kind: 'ignored' }
    : { kind: 'known', topic: { dialect: 'dji', lane: 'control', id, message: control } };
};

const DJI_READINGS: Readonly<Record<string, DjiReading>> = {
  'thing/osd': 'osd',
  'thing/state': 'state',
  'thing/drc/up': 'drc',
};
const DJI_CONTROLS: Readonly<Record<string, DjiControl>> = {
  'sys/status': 'status',
  'thing/events': 'events',
  'thing/requests': 'requests',
  'thing/services_reply': 'services_reply',
};

const personTopic = (id: string, message: string): TopicResult => {
  if (message === 'inbox') return { kind: 'ignored' };
  const known = PERSON_MESSAGES.find((m) => m === message);
  return known === undefined
    ? { kind: 'unknown', reason: `message "${message}" is not one a person's app sends` }
    : {
        kind: 'known',
        topic: {
          dialect: 'native',
          lane: laneOf(message),
          publisher: 'person',
          id,
          message: known,
        },
      };
};
