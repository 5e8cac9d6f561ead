import { describe, expect, it } from 'vitest';
import { deviceEye } from '../../../src/terrain/device-eye.ts';
import { HERE, roundGround } from './made-ground.ts';

const [lon, lat] = HERE;
const terrain = roundGround(() => 300);
const unknown = roundGround(() => Number.NaN);

describe('the eye of a device', () => {
  it('is where it was registered', () => {
    const eye = { lon, lat, heightM: 340 };
    expect(deviceEye(terrain, { lon, lat, eyeHeightM: 340 })).toEqual({ kind: 'eye', eye });
    expect(deviceEye(unknown, { lon, lat, eyeHeightM: 340 })).toEqual({ kind: 'eye', eye });
  });

  it.each([
    ['position', terrain, null, 340, /lon and lat/],
    ['mount height', terrain, lon, null, /register mountHeightM/],
    ['height at all', unknown, lon, null, /register groundHeightM and mountHeightM/],
    ['right height', terrain, lon, 60, /60 m above sea.*below the ground \(300 m\)/],
  ] as const)(
    'is nowhere without a %s, and says what to mend',
    (...[, ground, at, eyeHeightM, reason]) => {
      expect(deviceEye(ground, { lon: at, lat, eyeHeightM })).toEqual({
        kind: 'nowhere',
        reason: expect.stringMatching(reason),
      });
    },
  );
});
