import { describe, expect, it } from 'vitest';
import { mavlinkSetupMistakes, mavlinkSetupOf } from '../../../src/devices/mavlink-setup.ts';

const KEY = 'ab'.repeat(32);

describe('mavlinkSetupOf', () => {
  it('reads what was registered', () => {
    const properties = {
      mavlinkSystemId: 12,
      mavlinkAddress: '::ffff:10.8.0.7',
      mavlinkSigningKey: KEY,
    };
    expect(mavlinkSetupOf({ properties })).toEqual({
      systemId: 12,
      address: '10.8.0.7',
      signingKey: Buffer.alloc(32, 0xab),
    });
    expect(mavlinkSetupOf({ properties: {} })).toEqual({
      systemId: null,
      address: null,
      signingKey: null,
    });
  });

  it.each([
    [{ mavlinkSystemId: 0 }, 'mavlinkSystemId'],
    [{ mavlinkSystemId: 256 }, 'mavlinkSystemId'],
    [{ mavlinkSystemId: '7' }, 'mavlinkSystemId'],
    [{ mavlinkAddress: 'drone.example.org' }, 'mavlinkAddress'],
    [{ mavlinkSigningKey: 'correct horse' }, 'mavlinkSigningKey'],
  ])('says what is wrong with %o, without repeating a key', (properties, path) => {
    const mistakes = mavlinkSetupMistakes(properties);
    expect(mistakes.map((mistake) => mistake.path)).toEqual([path]);
    expect(JSON.stringify(mistakes)).not.toContain('correct horse');
    expect(mavlinkSetupOf({ properties })).toEqual({
      systemId: null,
      address: null,
      signingKey: null,
    });
  });
});
