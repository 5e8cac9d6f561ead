import type { ContactChannel, NewContact } from './person.ts';

/**
 * A group robot's address is its URL; where the robot wants signed messages, the secret stands behind `#`. It is never part
 * of a request, and never shown.
 */
export const splitSecret = (address: string): { url: string; secret: string | undefined } => {
  const at = address.indexOf('#');
  if (at < 0) return { url: address, secret: undefined };
  const secret = address.slice(at + 1);
  return { url: address.slice(0, at), secret: secret === '' ? undefined : secret };
};

const ROBOTS: readonly ContactChannel[] = ['wecom', 'dingtalk', 'feishu'];
const isRobot = (channel: string): boolean => ROBOTS.some((robot) => robot === channel);

const HIDDEN = '***';

/** The address as those who may see addresses see it. */
export const hideSecret = (channel: string, address: string): string => {
  const { url, secret } = splitSecret(address);
  return isRobot(channel) && secret !== undefined ? `${url}#${HIDDEN}` : address;
};

/** Contacts as they were read, changed and sent back: a secret that was hidden is the one that is stored. */
export const keepSecrets = (
  contacts: readonly NewContact[],
  stored: readonly { channel: ContactChannel; address: string }[],
): NewContact[] =>
  contacts.map((contact) => {
    const same = stored.find(
      ({ channel, address }) =>
        channel === contact.channel &&
        contact.address?.trim() === hideSecret(channel, address) &&
        address !== hideSecret(channel, address),
    );
    return same === undefined ? contact : { ...contact, address: same.address };
  });

/** Why a URL cannot be that of such a robot; null when it can. */
export const robotFault = (
  channel: 'wecom' | 'dingtalk' | 'feishu',
  text: string,
): string | null => {
  const { url, secret } = splitSecret(text);
  const { searchParams, pathname } = new URL(url);
  if (secret === HIDDEN) return 'has a hidden secret; write the secret behind # out again';
  switch (channel) {
    case 'wecom':
      if (secret !== undefined) return 'has a secret behind #, but WeCom robots sign nothing';
      return searchParams.has('key')
        ? null
        : 'has no ?key=…; copy the robot’s whole webhook address';
    case 'dingtalk':
      return searchParams.has('access_token')
        ? null
        : 'has no ?access_token=…; copy the robot’s whole webhook address';
    case 'feishu':
      return /\/bot\/v2\/hook\/[^/]+$/.test(pathname)
        ? null
        : 'does not end in /bot/v2/hook/…; copy the robot’s whole webhook address';
  }
};
