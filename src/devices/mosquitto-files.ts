import type { DeviceKind } from './device.ts';
import { cameraPrefixes, nativeMessages, speaksVendor } from './topic-access.ts';

export type BrokerUser =
  | { owner: 'device'; id: string; kind: DeviceKind; gatewayId: string | null; secretHash: string }
  | { owner: 'person'; id: string; secretHash: string };

/** The service's own login, from MQTT_URL. */
export type ServiceLogin = { username: string; secretHash: string };

/**
 * The password and ACL files of Mosquitto 2 for these users; the same rules as `mayPublish` and
 * `maySubscribe`. Ids match `[A-Za-z0-9_.-]`, so nothing in them needs escaping.
 */
export const mosquittoFiles = (
  users: readonly BrokerUser[],
  service: ServiceLogin,
): { passwd: string; acl: string } => {
  const passwd = [
    `${service.username}:${service.secretHash}`,
    ...users.map((u) => `${u.id}:${u.secretHash}`),
  ];
  const acl = [`user ${service.username}`, 'topic readwrite #', ''];
  const aircraft = new Map<string, string[]>();
  for (const user of users) {
    if (user.owner === 'device' && user.gatewayId !== null) {
      aircraft.set(user.gatewayId, [...(aircraft.get(user.gatewayId) ?? []), user.id]);
    }
  }
  for (const user of users)
    acl.push(`user ${user.id}`, ...rulesFor(user, aircraft.get(user.id) ?? []), '');
  return { passwd: `${passwd.join('\n')}\n`, acl: `${acl.join('\n')}\n` };
};

const rulesFor = (user: BrokerUser, aircraft: readonly string[]): string[] => {
  if (user.owner === 'person') {
    const prefix = `fengsui/v1/person/${user.id}`;
    return [
      ...['position', 'receipt', 'status'].map((message) => `topic write ${prefix}/${message}`),
      `topic read ${prefix}/#`,
    ];
  }
  const prefix = `fengsui/v1/${user.kind}/${user.id}`;
  const serials = speaksVendor(user.kind) ? [user.id, ...aircraft] : [];
  return [
    ...[...nativeMessages(user.kind), 'image/+'].map(
      (message) => `topic write ${prefix}/${message}`,
    ),
    `topic read ${prefix}/#`,
    ...cameraPrefixes(user.kind, user.id).map((own) => `topic readwrite ${own}#`),
    ...serials.flatMap((serial) => [
      `topic readwrite thing/product/${serial}/#`,
      `topic readwrite sys/product/${serial}/#`,
    ]),
  ];
};
