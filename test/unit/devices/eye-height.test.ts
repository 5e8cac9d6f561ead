import { describe, expect, it } from 'vitest';
import { eyeHeightM } from '../../../src/devices/eye-height.ts';

const device = {
  lon: 113.27,
  lat: 26.71,
  groundHeightM: 212,
  mountHeightM: 35,
  heightRef: 'msl' as const,
};
const terrain = () => 205;
const nothing = () => null;

describe('eyeHeightM', () => {
  it('is ground and mount above the sea', () => {
    expect(eyeHeightM(device, nothing)).toBe(247);
  });

  it('takes the ground from the terrain where it is not registered', () => {
    expect(eyeHeightM({ ...device, groundHeightM: null }, terrain)).toBe(240);
    expect(eyeHeightM({ ...device, heightRef: 'takeoff' }, terrain)).toBe(240);
  });

  it('brings a height above the ellipsoid down to the sea: the geoid lies below it in Hunan', () => {
    const heightM = eyeHeightM({ ...device, heightRef: 'ellipsoid' }, nothing) ?? Number.NaN;
    expect(heightM - 247).toBeGreaterThan(10);
    expect(heightM - 247).toBeLessThan(25);
  });

  it('is unknown without mount, ground or place', () => {
    expect(eyeHeightM({ ...device, mountHeightM: null }, terrain)).toBeNull();
    expect(eyeHeightM({ ...device, groundHeightM: null }, nothing)).toBeNull();
    expect(eyeHeightM({ ...device, lon: null }, terrain)).toBeNull();
  });
});
