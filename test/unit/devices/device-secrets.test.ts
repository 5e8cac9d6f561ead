import { describe, expect, it } from 'vitest';
import {
  secretMistakes,
  withKnownSecrets,
  withoutSecrets,
} from '../../../src/devices/device-secrets.ts';

const KEY = 'ab'.repeat(32);
const properties = {
  model: 'X500',
  mavlinkSigningKey: KEY,
  imageUser: 'admin',
  imagePassword: 'of the picture',
  dahua: { url: 'http://10.0.0.7', user: 'admin', password: 'of the events' },
};

describe('the secrets of a device', () => {
  it('are never shown', () => {
    expect(withoutSecrets({ id: 'd', properties })).toEqual({
      id: 'd',
      properties: {
        ...properties,
        mavlinkSigningKey: '***',
        imagePassword: '***',
        dahua: { ...properties.dahua, password: '***' },
      },
    });
    expect(withoutSecrets({ properties: {} })).toEqual({ properties: {} });
    const taken = { imagePassword: null };
    expect(withoutSecrets({ properties: taken })).toEqual({ properties: taken });
  });

  it('stay when what was shown is sent back, and when they are left out', () => {
    const shown = withoutSecrets({ properties }).properties;
    expect(withKnownSecrets(shown, properties)).toEqual(properties);
    const { password: _left, ...dahua } = properties.dahua;
    expect(withKnownSecrets({ model: 'X650', dahua }, properties)).toEqual({
      model: 'X650',
      mavlinkSigningKey: KEY,
      imagePassword: 'of the picture',
      dahua: properties.dahua,
    });
  });

  it.each([['cd'.repeat(32)], [null]])('are replaced by %s', (mavlinkSigningKey) => {
    expect(withKnownSecrets({ mavlinkSigningKey }, properties)).toMatchObject({
      mavlinkSigningKey,
    });
  });

  it('do not go to another address', () => {
    const elsewhere = { url: 'http://10.0.0.8', user: 'admin' };
    expect(withKnownSecrets({ dahua: elsewhere }, properties).dahua).toEqual(elsewhere);
  });

  it('are not taken as they are shown where none is known', () => {
    const shown = withoutSecrets({ properties }).properties;
    const elsewhere = { ...shown, dahua: { ...properties.dahua, url: 'http://10.0.0.8' } };
    expect(secretMistakes(withKnownSecrets(shown, {})).map(({ path }) => path)).toEqual([
      'imagePassword',
      'mavlinkSigningKey',
      'dahua.password',
    ]);
    expect(secretMistakes(withKnownSecrets(elsewhere, properties))).toEqual([]);
  });
});
