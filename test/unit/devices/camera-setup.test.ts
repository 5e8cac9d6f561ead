import { describe, expect, it } from 'vitest';
import { cameraSetupMistakes, cameraSetupOf } from '../../../src/devices/camera-setup.ts';

const full = {
  externalId: 'ridge_north',
  picture: { widthPx: 1280, heightPx: 720 },
  pose: { panDeg: 12.5, tiltDeg: -2 },
  poses: { 12: { panDeg: 210, tiltDeg: 0, hfovDeg: 40 } },
  ptzRange: { panDeg: [-180, 180], tiltDeg: [-20, 90] },
  fireEvents: ['7/20'],
};

describe('the setup of a camera', () => {
  it('is read from its properties as it was registered', () => {
    expect(cameraSetupOf({ properties: { ...full, colour: 'grey' } })).toEqual(full);
    expect(cameraSetupMistakes(full)).toEqual([]);
  });

  it('is empty where nothing was said, or what was said is nothing', () => {
    const nothing = {
      externalId: null,
      picture: null,
      pose: null,
      poses: null,
      ptzRange: null,
      fireEvents: [],
    };
    expect(cameraSetupOf({ properties: {} })).toEqual(nothing);
    expect(
      cameraSetupOf({ properties: { externalId: 7, pose: 'north', fireEvents: 'all' } }),
    ).toEqual(nothing);
  });

  it('names each mistake with its place', () => {
    const mistakes = cameraSetupMistakes({
      externalId: '',
      picture: { widthPx: 1280 },
      pose: { panDeg: 0, tiltDeg: -91 },
      heartbeatS: '60',
      tour: 'yes',
    });
    expect(mistakes.map(({ path }) => path)).toEqual([
      'externalId',
      'picture',
      'pose.tiltDeg',
      'heartbeatS',
      'tour',
    ]);
  });
});
