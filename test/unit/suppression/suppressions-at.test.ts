import { describe, expect, it } from 'vitest';
import { suppressionsAt } from '../../../src/suppression/index.ts';
import type { Sighting, SuppressionLayers } from '../../../src/suppression/suppressions-at.ts';
import { at, burn, FIELD, fixAt, kiln, mask } from './made-up.ts';

const NONE: SuppressionLayers = { burns: [], heatSources: [], masks: [] };

type Asked = { seen?: string; now?: string; radiusM?: number; sightings?: Sighting[] };
const ask = (
  layers: Partial<SuppressionLayers>,
  { seen = '09:00:00', now = '09:00:00', radiusM = 100, sightings = [] }: Asked = {},
) =>
  suppressionsAt(
    { fix: fixAt(FIELD, radiusM), detectedAt: at(seen), now: at(now), sightings },
    { ...NONE, ...layers },
  );
const ids = (found: { id: string }[]) => found.map(({ id }) => id);

const sighting = (deviceId: string, azimuthDeg: number | null): Sighting => ({
  deviceId,
  azimuthDeg,
  elevationDeg: null,
});

describe('suppressionsAt', () => {
  it('finds nothing where there is no layer', () => {
    expect(ask({})).toEqual([]);
  });

  it('says of each layer what it is and until when', () => {
    const found = ask(
      { burns: [burn()], heatSources: [kiln()], masks: [mask({ note: '水库' })] },
      { sightings: [sighting('cam-1', 5)] },
    );
    const until = at('12:00:00');
    expect(found).toEqual([
      { kind: 'permitted_burn', id: 'burn-1', name: '炼山 1 号', until },
      { kind: 'heat_source', id: 'kiln-1', name: '砖窑', until },
      {
        kind: 'view_mask',
        id: 'mask-1',
        name: '水库',
        until,
        deviceId: 'cam-1',
        reason: 'glint',
      },
    ]);
  });

  it.each([
    ['seen and asked within the window', '08:00:00', '12:00:00', 1],
    ['seen before the window opened', '07:59:59', '09:00:00', 0],
    ['still there after it closed', '11:59:00', '12:00:01', 0],
    ['seen by a clock of another year', '09:00:00', '09:00:00', 0],
  ] as const)('a burn: %s', (what, seen, now, count) => {
    const wrongClock = what.includes('another year');
    const found = suppressionsAt(
      {
        fix: fixAt(FIELD, 100),
        detectedAt: wrongClock ? new Date(0) : at(seen),
        now: at(now),
        sightings: [],
      },
      { ...NONE, burns: [burn()] },
    );
    expect(found).toHaveLength(count);
  });

  it('heat sources and masks count until they expire, and not at that instant', () => {
    const layers = { heatSources: [kiln()], masks: [mask()] };
    const sightings = [sighting('cam-1', 0)];
    expect(ask(layers, { now: '11:59:59.999', sightings })).toHaveLength(2);
    expect(ask(layers, { now: '12:00:00', sightings })).toEqual([]);
    // Entered at 07:00, for an alarm that was already there.
    expect(ask(layers, { seen: '06:00:00', sightings })).toHaveLength(2);
  });

  it('passes over cancelled layers', () => {
    const cancelled = { cancelledAt: at('08:30:00'), cancelledBy: 'person:li' };
    const layers = {
      burns: [burn(cancelled)],
      heatSources: [kiln(cancelled)],
      masks: [mask(cancelled)],
    };
    expect(ask(layers, { sightings: [sighting('cam-1', 0)] })).toEqual([]);
  });

  it('a bearing-only ellipse whose middle falls on a burn and a kiln is no evidence of either', () => {
    const layers = { burns: [burn()], heatSources: [kiln()] };
    expect(ids(ask(layers, { radiusM: 400 }))).toEqual(['burn-1', 'kiln-1']);
    expect(ask(layers, { radiusM: 7000 })).toEqual([]);
  });

  it('masks speak of their own device alone', () => {
    const masks = [mask(), mask({ id: 'mask-2', deviceId: 'cam-2', reason: 'fog' })];
    const sightings = [sighting('cam-1', 0), sighting('cam-2', 180), sighting('cam-3', 0)];
    expect(ids(ask({ masks }, { sightings }))).toEqual(['mask-1']);
  });

  it('a device that also saw it outside its masks is not masked', () => {
    const masks = [mask(), mask({ id: 'mask-2', azimuthFromDeg: 80, azimuthToDeg: 100 })];
    const seen = (...azimuths: (number | null)[]) =>
      ids(ask({ masks }, { sightings: azimuths.map((az) => sighting('cam-1', az)) }));
    expect(seen(0, 5)).toEqual(['mask-1']);
    expect(seen(0, 90)).toEqual(['mask-1', 'mask-2']);
    expect(seen(0, 20)).toEqual([]);
    expect(seen(0, null)).toEqual([]);
  });

  it('gives the same order whatever the order of the layers', () => {
    const burns = [burn({ id: 'b' }), burn({ id: 'a' })];
    expect(ids(ask({ burns }))).toEqual(['a', 'b']);
    expect(ids(ask({ burns: burns.toReversed() }))).toEqual(['a', 'b']);
  });
});
