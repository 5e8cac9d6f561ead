import { describe, expect, it } from 'vitest';
import { digestAuthorization } from '../../../src/shared/digest-auth.ts';

/** RFC 7616, 3.9.1. */
const MUFASA = {
  username: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};
const CHALLENGE =
  'realm="http-auth@example.org", qop="auth, auth-int", algorithm=ALGORITHM, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const challenge = (algorithm: string): string =>
  `Digest ${CHALLENGE.replace('ALGORITHM', algorithm)}`;
const responseIn = (header: string | undefined): string | undefined =>
  /response="([0-9a-f]+)"/.exec(header ?? '')?.[1];

describe('digest authentication', () => {
  it('gives the answers of RFC 7616 with MD5 and SHA-256', () => {
    expect(responseIn(digestAuthorization(challenge('MD5'), MUFASA))).toBe(
      '8ca523f5e9506fed4657c9700eebdbec',
    );
    expect(responseIn(digestAuthorization(challenge('SHA-256'), MUFASA))).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  it('gives the answer of RFC 2069 where the device knows no qop', () => {
    const old = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
    const request = { ...MUFASA, password: 'CircleOfLife' };
    // Its section 2.4, as corrected by erratum 749.
    expect(responseIn(digestAuthorization(old, request))).toBe('1949323746fe6a43ef61f9606e7febea');
  });

  it('takes the first challenge it knows, whatever stands around it', () => {
    const header = `Basic realm="x", ${challenge('SHA-3')}, ${challenge('SHA-256')}, ${challenge('MD5')}`;
    const answer = digestAuthorization(header, MUFASA);
    expect(answer).toContain('algorithm=SHA-256');
    expect(answer).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
    expect(answer).toContain('nc=00000001, qop=auth');
  });

  it('escapes what would end a field', () => {
    const answer = digestAuthorization(challenge('MD5'), { ...MUFASA, username: 'a"b\\c' });
    expect(answer).toContain('username="a\\"b\\\\c"');
  });

  it.each([
    undefined,
    '',
    'Basic realm="x"',
    'Digest realm="no nonce"',
    'Digest nonce="a", qop="auth-int"',
  ])('answers nothing to %s', (header) => {
    expect(digestAuthorization(header, MUFASA)).toBeUndefined();
  });
});
