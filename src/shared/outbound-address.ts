import ipaddr from 'ipaddr.js';

/**
 * Networks that may be reached although they are not public: addresses or CIDR (`10.1.0.0/16`, `::1`). Empty: none.
 * People enter URLs the service posts to, so an URL must not be a way into the networks the service stands in.
 */
export type AllowedNetworks = readonly string[];

const KINDS: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  deprecatedSiteLocal: 'a private address',
  linkLocal: 'a link-local address',
  carrierGradeNat: 'an address behind a carrier’s NAT',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  unspecified: 'the unspecified address',
};

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

const parseNetwork = (text: string): Network | undefined => {
  const [host = '', bits, ...rest] = text.split('/');
  if (!isAddress(host) || rest.length > 0) return undefined;
  if (bits !== undefined) return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
  const address = ipaddr.parse(host);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
};

/** Four decimal parts, or IPv6: not the shorthands (`10.1`, `0x7f.1`) that parsers take. */
const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** Whether it says a network: an address, or CIDR. */
export const isNetwork = (text: string): boolean => parseNetwork(text) !== undefined;

/**
 * Why an IP address may not be connected to (`is a loopback address`); null when it may: it is public, or within `allow`.
 * An IPv4 address written as IPv6 is judged as what it is.
 */
export const refusedAddress = (address: string, allow: AllowedNetworks): string | null => {
  if (!ipaddr.isValid(address)) return 'is not an IP address';
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'unicast') return null;
  return isWithin(address, allow) ? null : `is ${KINDS[range] ?? 'not a public address'}`;
};

/** Whether it is an address within one of these networks; a name never is. */
export const isWithin = (address: string, networks: AllowedNetworks): boolean => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some((text) => {
    const network = parseNetwork(text);
    return network?.[0].kind() === parsed.kind() && parsed.match(network);
  });
};

/** The address a URL names itself, without asking DNS; undefined for one that names a host. */
const literalAddress = ({ hostname }: URL): string | undefined => {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return '127.0.0.1';
  return isAddress(host) ? host : undefined;
};

/** How an address is written; undefined for what is none. A name or shorthand of one is none. */
export const plainAddress = (text: string): string | undefined =>
  isAddress(text) ? ipaddr.process(text).toString() : undefined;

/** Whether it is an address of the kind that equipment has in a county's own networks. */
export const isSiteAddress = (address: string): boolean =>
  SITE_RANGES.has(ipaddr.process(address).range());

const SITE_RANGES: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/** What to do where an address was refused. */
export const HOW_TO_ALLOW = 'if it is meant, add its network to webhook.allow in channels.json';

/**
 * Why a URL may not be entered, as far as it can be told without DNS; null when it may. Names are resolved and checked
 * when they are connected to.
 */
export const refusedUrl = (url: URL, allow: AllowedNetworks): string | null => {
  const address = literalAddress(url);
  return address === undefined ? null : refusedAddress(address, allow);
};
