import { expect, it } from 'vitest';
import { parseCountyConfig } from '../../../src/shared/county-config.ts';
import { hotspotSettings } from '../../../src/shared/hotspot-config.ts';
import { shipped } from '../../support/fixtures.ts';

const withBox = (bbox: readonly number[]) => () =>
  parseCountyConfig({ ...shipped, hotspots: { bbox } }, 'county.json');

it('takes the county’s box for hotspots, and says what is wrong with one that is none', () => {
  expect(withBox([112.9, 26.2, 113.6, 27])).not.toThrow();
  // Latitude first, as some maps write it; and a box without an inside.
  expect(withBox([26.2, 112.9, 27, 113.6])).toThrow(/hotspots\/bbox/);
  expect(withBox([113.6, 26.2, 112.9, 27])).toThrow(
    'county.json: /hotspots/bbox must be [west, south, east, north]; correct these fields',
  );
  expect(withBox([112.9, 26.2])).toThrow(/hotspots\/bbox/);
});

it('fills in what the county leaves out', () => {
  expect(hotspotSettings({})).toEqual({ maxAgeS: 21_600, minConfidence: 0.3 });
  expect(hotspotSettings({ hotspots: { minConfidence: 0 } }).minConfidence).toBe(0);
});
