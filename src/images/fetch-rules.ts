import { isNetwork, isSiteAddress, isWithin, plainAddress } from '../shared/outbound-address.ts';

export type FetchVerdict =
  /** `allow`: networks that are not public, which may be connected to all the same. `isOwn`: it is the device itself. */
  | { kind: 'allowed'; allow: readonly string[]; isOwn: boolean }
  | { kind: 'refused'; reason: string };

/** What to do where an address was refused. */
export const HOW_TO_ALLOW_IMAGES =
  'if it is meant, register it as "address" of the device, or add it to IMAGE_HOSTS';

/**
 * Whether the picture at `url` may be fetched. Anyone who can report a detection names this URL, so it must not be a way
 * into the networks we stand in: it has to lead to the device itself (`ownAddress`, of its registration) or to a name,
 * address or network of `listed` (IMAGE_HOSTS). An address that is not public has to be the device's own, of a kind that
 * equipment has, or within `listed`; what a name resolves to is checked against that when it is connected to. Pure.
 */
export const judgeImageUrl = (
  url: string,
  { ownAddress, listed }: { ownAddress: unknown; listed: readonly string[] },
): FetchVerdict => {
  const host = hostOf(url);
  if (host === undefined || !/^https?:/i.test(url)) {
    return { kind: 'refused', reason: 'it is not an http:// or https:// address' };
  }
  const networks = listed.filter(isNetwork);
  if (typeof ownAddress === 'string' && host === hostOf(ownAddress)) {
    const isSite = plainAddress(host) !== undefined && isSiteAddress(host);
    return { kind: 'allowed', allow: isSite ? [...networks, host] : networks, isOwn: true };
  }
  const isListed = listed.some((entry) => hostOf(entry) === host) || isWithin(host, networks);
  return isListed
    ? { kind: 'allowed', allow: networks, isOwn: false }
    : {
        kind: 'refused',
        reason: `${host} is not the device's own address; ${HOW_TO_ALLOW_IMAGES}`,
      };
};

/** Of a URL, `host:port`, a name or an address; in the one form in which the same host is the same text. */
const hostOf = (text: string): string | undefined => {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const url = isUrl ? text : `http://${plainAddress(text)?.includes(':') ? `[${text}]` : text}`;
  if (!URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return host === '' ? undefined : (plainAddress(host) ?? host);
};
