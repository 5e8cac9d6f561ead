import { describe, expect, it } from 'vitest';
import { growthM, inWindow, isPlaceKnown } from '../../../src/incidents/gate.ts';
import type { SourceClass } from '../../../src/incidents/track.ts';
import type { Fix } from '../../../src/shared/geo.ts';
import { after, config, HOME, incident, mast, place, reports, sees } from './made-up.ts';

const { association } = config;
const fire = place(0, 4_000);
const seenBy = (source: SourceClass) =>
  incident([source === 'camera' ? sees(mast('c', HOME), fire) : reports('s', fire, { source })]);
const joins = (
  opener: SourceClass,
  source: SourceClass,
  [observedS, receivedS]: [number, number],
): boolean =>
  inWindow(
    seenBy(opener),
    source,
    { observedAt: after(observedS), receivedAt: after(receivedS) },
    association,
  );
const MIN = 60;

describe('inWindow', () => {
  it.each([
    ['camera', 'camera', 30],
    ['drone', 'drone', 60],
    ['caller', 'caller', 60],
    ['viirs', 'viirs', 360],
    ['himawari', 'himawari', 60],
    // Of two kinds the longer window holds, whichever came first.
    ['camera', 'drone', 60],
    ['drone', 'camera', 60],
    ['viirs', 'camera', 360],
    ['camera', 'viirs', 360],
    ['himawari', 'camera', 60],
  ] as const)('%s then %s: %i minutes, to the second', (opener, source, minutes) => {
    const s = minutes * MIN;
    expect(joins(opener, source, [s, s])).toBe(true);
    expect(joins(opener, source, [s + 1, s + 1])).toBe(false);
  });

  it('takes either clock: one that is hours off, a message that waited out a broken link', () => {
    expect(joins('camera', 'camera', [8 * 3_600, MIN])).toBe(true);
    expect(joins('camera', 'camera', [2 * MIN, 2 * 3_600])).toBe(true);
    expect(joins('camera', 'camera', [8 * 3_600, 2 * 3_600])).toBe(false);
  });

  it('is as near before as after: messages come in any order', () => {
    expect(joins('camera', 'camera', [-30 * MIN, -30 * MIN])).toBe(true);
    expect(joins('camera', 'camera', [-30 * MIN - 1, -30 * MIN - 1])).toBe(false);
  });

  it('waits longer for a fire that people are at work on', () => {
    const times = { observedAt: after(10 * 3_600), receivedAt: after(10 * 3_600) };
    const seen = [sees(mast('c', HOME), fire)];
    expect(inWindow(incident(seen, { status: 'responding' }), 'camera', times, association)).toBe(
      true,
    );
    expect(inWindow(incident(seen), 'camera', times, association)).toBe(false);
  });
});

describe('growthM', () => {
  it('starts at the fire’s own size, grows, and ends at 1 km', () => {
    expect(growthM(association, 0, 0)).toBe(150);
    expect(growthM(association, 0, 3_600_000)).toBe(650);
    expect(growthM(association, 3_600_000, 0)).toBe(650);
    expect(growthM(association, 0, 24 * 3_600_000)).toBe(1_000);
  });
});

describe('isPlaceKnown', () => {
  const fix = (semiMajorM: number, flags: Fix['flags'] = []): Fix => ({
    lon: 0,
    lat: 0,
    method: 'intersection',
    ellipse: { semiMajorM, semiMinorM: 50, orientationDeg: 0 },
    flags,
  });
  it('is so within 500 m and without doubt', () => {
    expect(isPlaceKnown(fix(500))).toBe(true);
    expect(isPlaceKnown(fix(501))).toBe(false);
    expect(isPlaceKnown(fix(50, ['ambiguous']))).toBe(false);
  });
});
