import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNetwork, refusedAddress, refusedUrl } from '../../../src/shared/outbound-address.ts';

describe('refusedAddress', () => {
  it.each([
    ['127.0.0.1', 'is a loopback address'],
    ['127.9.9.9', 'is a loopback address'],
    ['::1', 'is a loopback address'],
    ['10.0.0.1', 'is a private address'],
    ['172.31.255.255', 'is a private address'],
    ['192.168.1.1', 'is a private address'],
    ['fd12:3456::1', 'is a private address'],
    ['fec0::1', 'is a private address'],
    ['169.254.169.254', 'is a link-local address'],
    ['fe80::1', 'is a link-local address'],
    ['fe80::1%eth0', 'is a link-local address'],
    ['100.64.0.1', 'is an address behind a carrier’s NAT'],
    ['224.0.0.1', 'is a multicast address'],
    ['ff02::1', 'is a multicast address'],
    ['255.255.255.255', 'is the broadcast address'],
    ['0.0.0.0', 'is the unspecified address'],
    ['0.1.2.3', 'is the unspecified address'],
    ['::', 'is the unspecified address'],
    ['198.18.0.1', 'is not a public address'],
    ['192.0.2.1', 'is not a public address'],
    ['240.0.0.1', 'is not a public address'],
    ['2001:db8::1', 'is not a public address'],
    // IPv4 inside IPv6: mapped, compatible, NAT64, 6to4, Teredo.
    ['::ffff:127.0.0.1', 'is a loopback address'],
    ['::ffff:a00:1', 'is a private address'],
    ['::127.0.0.1', 'is a loopback address'],
    ['64:ff9b::7f00:1', 'is not a public address'],
    ['2002:7f00:1::', 'is not a public address'],
    ['2001:0:1::1', 'is not a public address'],
    ['no address', 'is not an IP address'],
  ])('%s %s', (address, reason) => {
    expect(refusedAddress(address, [])).toBe(reason);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'lets %s be',
    (address) => {
      expect(refusedAddress(address, [])).toBeNull();
    },
  );

  it('lets through what is allowed, and nothing beside it', () => {
    const allow = ['10.1.0.0/16', '127.0.0.1', 'fd00::/8'];
    expect(refusedAddress('10.1.255.1', allow)).toBeNull();
    expect(refusedAddress('::ffff:10.1.0.1', allow)).toBeNull();
    expect(refusedAddress('127.0.0.1', allow)).toBeNull();
    expect(refusedAddress('fd99::1', allow)).toBeNull();
    expect(refusedAddress('10.2.0.1', allow)).not.toBeNull();
    expect(refusedAddress('127.0.0.2', allow)).not.toBeNull();
    expect(refusedAddress('fe80::1', allow)).not.toBeNull();
  });

  it('refuses every address of 10/8, 172.16/12, 192.168/16 and 127/8, mapped into IPv6 too', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const inside = fc
      .tuple(
        fc.constantFrom<[number, number?]>([10], [127], [192, 168], [172, 16], [172, 31]),
        fc.tuple(octet, octet, octet),
      )
      .map(([[a, b], [c, d, e]]) => `${a}.${b ?? c}.${d}.${e}`);
    fc.assert(
      fc.property(inside, (address) => {
        expect(refusedAddress(address, [])).not.toBeNull();
        expect(refusedAddress(`::ffff:${address}`, [])).not.toBeNull();
      }),
    );
  });
});

describe('refusedUrl', () => {
  const refused = (url: string, allow: string[] = []): string | null =>
    refusedUrl(new URL(url), allow);

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://127.1:8080/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost:9/',
    'http://localhost./',
    'http://api.localhost/',
    'http://user@127.0.0.1/',
    'http://127.0.0.1./',
  ])('sees through %s', (url) => {
    expect(refused(url)).toBe('is a loopback address');
    expect(refused(url, ['127.0.0.1/32', '::1/128'])).toBeNull();
  });

  it('leaves names to be checked when they are connected to', () => {
    expect(refused('https://example.org/')).toBeNull();
    expect(refused('https://10.example.org/')).toBeNull();
  });
});

describe('isNetwork', () => {
  it('takes addresses and CIDR, not shorthands, names or impossible prefixes', () => {
    const good = ['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8'];
    const bad = [
      '10/8',
      '10.1',
      'localhost',
      '10.0.0.0/33',
      '',
      '300.1.1.1',
      'example.org/24',
      '1',
    ];
    expect(good.filter((text) => !isNetwork(text))).toEqual([]);
    expect(bad.filter(isNetwork)).toEqual([]);
  });
});
