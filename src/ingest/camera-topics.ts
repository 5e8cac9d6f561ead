import { fireKindOf } from './dialects/camera-values.ts';
import type { Lane, TopicResult } from './topics.ts';

/** What reports over HTTP (Dahua's also where we ask for it); the second level of the topic under which such a message is kept. */
export const HTTP_DIALECTS = ['hikvision', 'isecure', 'pyronear', 'gb28181', 'dahua'] as const;
export type HttpDialect = (typeof HTTP_DIALECTS)[number];

/** A topic of cameras, or of the boxes in front of them; `id` is the device that reports. */
export type CameraTopic =
  | { dialect: 'frigate'; lane: Lane; id: string; message: 'events' | 'available' }
  /** `path` is the ONVIF topic without namespaces, with what follows it. */
  | { dialect: 'onvif' | 'axis'; lane: Lane; id: string; message: 'event'; path: string }
  /** A receiver of Remote ID: what drones say of themselves. */
  | { dialect: 'remote-id'; lane: 'telemetry'; id: string; message: 'remote-id' }
  /** Not on the bus: HTTP in the form of a message, so that one that could not be used can be taken again. */
  | { dialect: HttpDialect; lane: 'alarm'; id: string; message: 'report' };

/** The best picture so far of whatever fire its `camera` (as the box calls it) sees; the payload is the JPEG. */
export type FrigateSnapshotTopic = {
  dialect: 'frigate';
  lane: 'picture';
  id: string;
  message: 'snapshot';
  camera: string;
};

/** The topic under which an HTTP report of a device is kept. */
export const httpTopic = (dialect: HttpDialect, deviceId: string): string =>
  `http/${dialect}/${deviceId}`;

/** Undefined where it is none of theirs. */
export const parseCameraTopic = (levels: readonly string[]): TopicResult | undefined => {
  const [root, second, third, fourth, fifth] = levels;
  if (root === 'frigate') return frigateTopic('frigate', levels.slice(1));
  if (root === 'fengsui' && second === 'v1' && third === 'gateway' && fifth === 'frigate') {
    return fourth === undefined ? undefined : frigateTopic(fourth, levels.slice(5));
  }
  if (root === 'fengsui' && third === 'gateway' && fourth !== undefined && fifth === 'remote-id') {
    return levels.length === 5
      ? { kind: 'known', topic: { dialect: fifth, lane: 'telemetry', id: fourth, message: fifth } }
      : undefined;
  }
  if (root === 'http') return reportTopic(second, third, levels.length);
  if (root === 'axis' && second !== undefined) {
    return third === 'event' ? eventTopic('axis', second, levels.slice(3)) : { kind: 'ignored' };
  }
  return second === 'onvif-ej' && root !== undefined
    ? eventTopic('onvif', root, levels.slice(2))
    : undefined;
};

/** Besides its events a box publishes counters, masks, pictures of cats: of no interest. */
const frigateTopic = (id: string, rest: readonly string[]): TopicResult => {
  const [message, ...more] = rest;
  const [label = '', kind, ...deeper] = more;
  if (message !== undefined && kind === 'snapshot' && deeper.length === 0) {
    if (fireKindOf(label) === null) return { kind: 'ignored' };
    const topic = { dialect: 'frigate', lane: 'picture', id, camera: message } as const;
    return { kind: 'known', topic: { ...topic, message: 'snapshot' } };
  }
  if (more.length > 0 || (message !== 'events' && message !== 'available')) {
    return { kind: 'ignored' };
  }
  const lane = message === 'events' ? 'alarm' : 'telemetry';
  return { kind: 'known', topic: { dialect: 'frigate', lane, id, message } };
};

const eventTopic = (
  dialect: 'onvif' | 'axis',
  id: string,
  segments: readonly string[],
): TopicResult => {
  const path = segments.map((segment) => segment.replace(/^[A-Za-z0-9_-]+:/, '')).join('/');
  // Where a camera looks it may say every second; an alarm must not wait behind that.
  const lane = dialect === 'onvif' && /^PTZ/i.test(path) ? 'telemetry' : 'alarm';
  return { kind: 'known', topic: { dialect, lane, id, message: 'event', path } };
};

const reportTopic = (
  dialect: string | undefined,
  id: string | undefined,
  levels: number,
): TopicResult => {
  const known = HTTP_DIALECTS.find((name) => name === dialect);
  return known === undefined || id === undefined || levels !== 3
    ? { kind: 'unknown', reason: `topic is not http/{${HTTP_DIALECTS.join('|')}}/{id}` }
    : { kind: 'known', topic: { dialect: known, lane: 'alarm', id, message: 'report' } };
};
