import type { DeviceKind } from './device.ts';

/** Who is logged in to the broker. `service` is Fengsui itself. */
export type Principal =
  | { owner: 'service'; id: string }
  | { owner: 'device'; id: string; kind: DeviceKind }
  | { owner: 'person'; id: string };

/** The gateway an aircraft is registered to, or null. */
export type GatewayOf = (aircraftId: string) => string | null;

const NATIVE = 'fengsui/v1';

/** What each native publisher may say; anything else below its prefix is refused so that a typo is noticed. */
const DEVICE_MESSAGES = ['telemetry', 'detection', 'status'];
const GATEWAY_MESSAGES = [...DEVICE_MESSAGES, 'remote-id'];
const DRONE_MESSAGES = [...DEVICE_MESSAGES, 'mavlink'];
/** A picture, under the id of its detection. */
const PICTURE = /^image\/[^/]+$/;
const PERSON_MESSAGES = ['position', 'receipt', 'status'];

export const nativeMessages = (kind: DeviceKind): readonly string[] => {
  if (kind === 'gateway') return GATEWAY_MESSAGES;
  return kind === 'drone' ? DRONE_MESSAGES : DEVICE_MESSAGES;
};

/** Who speaks DJI's topics; a controller is registered as a dock. */
export const speaksVendor = (kind: DeviceKind): boolean => kind === 'dock' || kind === 'drone';

/** Vendor topics with the serial number as third level: thing/product/{sn}/osd, sys/product/{sn}/status. */
const vendorSerial = (topic: string): string | undefined => {
  const [root, product, serial, ...rest] = topic.split('/');
  return (root === 'thing' || root === 'sys') && product === 'product' && rest.length > 0
    ? serial
    : undefined;
};

/**
 * What cameras and the boxes in front of them speak besides our own topics; everything below each prefix is theirs.
 * Frigate's default prefix belongs to the box that is registered as `frigate`.
 */
export const cameraPrefixes = (kind: DeviceKind, id: string): readonly string[] => {
  if (kind === 'gateway') {
    const own = `${NATIVE}/gateway/${id}/frigate/`;
    return id === 'frigate' ? [own, 'frigate/'] : [own];
  }
  return kind === 'camera' ? [`${id}/onvif-ej/`, `axis/${id}/`] : [];
};

const isCameraTopic = (principal: Principal, topic: string): boolean =>
  principal.owner === 'device' &&
  cameraPrefixes(principal.kind, principal.id).some((prefix) => topic.startsWith(prefix));

const nativePrefix = (principal: Exclude<Principal, { owner: 'service' }>): string =>
  principal.owner === 'device'
    ? `${NATIVE}/${principal.kind}/${principal.id}/`
    : `${NATIVE}/person/${principal.id}/`;

/**
 * Whether `principal` may publish on `topic`: its own native topics; a DJI gateway also the vendor
 * topics of itself and of the aircraft registered to it, and of no others.
 */
export const mayPublish = (principal: Principal, topic: string, gatewayOf: GatewayOf): boolean => {
  if (principal.owner === 'service' || isCameraTopic(principal, topic)) return true;
  const prefix = nativePrefix(principal);
  if (topic.startsWith(prefix)) {
    const message = topic.slice(prefix.length);
    if (principal.owner === 'person') return PERSON_MESSAGES.includes(message);
    return nativeMessages(principal.kind).includes(message) || PICTURE.test(message);
  }
  if (principal.owner !== 'device' || !speaksVendor(principal.kind)) return false;
  const serial = vendorSerial(topic);
  return serial !== undefined && (serial === principal.id || gatewayOf(serial) === principal.id);
};

/** Whether `principal` may subscribe to `filter`: only below its own prefixes, wildcards after them. */
export const maySubscribe = (
  principal: Principal,
  filter: string,
  gatewayOf: GatewayOf,
): boolean => {
  if (principal.owner === 'service' || isCameraTopic(principal, filter)) return true;
  if (filter.startsWith(nativePrefix(principal))) return true;
  if (principal.owner !== 'device' || !speaksVendor(principal.kind)) return false;
  const serial = vendorSerial(filter);
  return serial !== undefined && (serial === principal.id || gatewayOf(serial) === principal.id);
};
