import { describe, expect, it } from 'vitest';
import { judgeImageUrl } from '../../../src/images/fetch-rules.ts';

const LISTED = ['pictures.example.org', '10.20.0.0/16', '203.0.113.9'];
const judge = (url: string, ownAddress: unknown = '10.1.2.3') =>
  judgeImageUrl(url, { ownAddress, listed: LISTED });

describe('a picture may be fetched', () => {
  it.each([
    ['http://10.1.2.3/pic.jpg', '10.1.2.3'],
    ['https://10.1.2.3:8443/pic.jpg', '10.1.2.3'],
    ['http://10.1.2.3/pic.jpg', '10.1.2.3:8000'],
    ['http://10.1.2.3/pic.jpg', 'http://10.1.2.3/ISAPI'],
    // 10.1.2.3 as a decimal number.
    ['http://167838211/pic.jpg', '10.1.2.3'],
    ['http://[fd00::7]/pic.jpg', 'fd00:0::7'],
    ['http://[fd00::7]/pic.jpg', '[fd00::7]:80'],
  ])('%s from the device at %s, which may stand in a private network', (url, ownAddress) => {
    const verdict = judge(url, ownAddress);
    expect(verdict).toMatchObject({ kind: 'allowed', isOwn: true });
    expect(verdict.kind === 'allowed' && verdict.allow).toHaveLength(3);
  });

  it('from a name, whose addresses are then checked as if nothing was said of them', () => {
    expect(judge('http://CAM-7.example.org./pic.jpg', 'cam-7.example.org')).toEqual({
      kind: 'allowed',
      allow: ['10.20.0.0/16', '203.0.113.9'],
      isOwn: true,
    });
  });

  it.each(['http://pictures.example.org/1.jpg', 'http://10.20.30.40/1.jpg', 'http://203.0.113.9/'])(
    '%s, which is on the list',
    (url) => {
      expect(judge(url)).toMatchObject({ kind: 'allowed', isOwn: false });
    },
  );
});

describe('a picture may not be fetched', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0/',
    'http://10.1.2.4/pic.jpg',
    'http://10.1.2.3.example.org/pic.jpg',
    'http://10.1.2.3@198.51.100.1/pic.jpg',
    'http://sub.pictures.example.org/',
    'http://pictures.example.org.evil.example/',
    'https://example.org/public.jpg',
    'ftp://10.1.2.3/pic.jpg',
    'file:///etc/passwd',
    'gopher://10.1.2.3:70/_',
    '/etc/passwd',
    'pic.jpg',
    '',
    'http://',
  ])('%s', (url) => {
    expect(judge(url).kind).toBe('refused');
  });

  it.each(['127.0.0.1', '169.254.169.254', '::1', '0.0.0.0'])(
    'from %s, even where that is registered as the address: no camera has such a one',
    (address) => {
      const host = address.includes(':') ? `[${address}]` : address;
      expect(judge(`http://${host}/`, address)).toMatchObject({
        allow: ['10.20.0.0/16', '203.0.113.9'],
      });
    },
  );

  it.each([null, 7, '', ' ', 'no host'])('where the address is %s', (address) => {
    expect(judge('http://10.1.2.3/', address).kind).toBe('refused');
  });

  it('and the reason says what to do', () => {
    expect(judge('http://10.9.9.9/x')).toEqual({
      kind: 'refused',
      reason:
        '10.9.9.9 is not the device\'s own address; if it is meant, register it as "address" of the device, or add it to IMAGE_HOSTS',
    });
  });
});
