import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AirspaceChange,
  type HeardAircraft,
  type OpenVisit,
  watchAirspace,
} from '../../../src/airspace/watch-airspace.ts';
import { type Fix, geodesicDirect } from '../../../src/shared/geo.ts';

const SETTINGS = { radiusM: 2000, ceilingM: null, leaveAfterS: 300 };
const NOW = new Date('2026-04-05T03:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

const fixOf = (over: Partial<Fix['ellipse']> = {}): Fix => ({
  lon: 113.27,
  lat: 26.71,
  method: 'reported',
  ellipse: { semiMajorM: 0, semiMinorM: 0, orientationDeg: 0, ...over },
});
const FIRE = { incidentId: 'i-1', fix: fixOf() };
const drone = (
  azimuthDeg: number,
  distanceM: number,
  over: Partial<HeardAircraft> = {},
): HeardAircraft => ({
  id: 'a-1',
  position: geodesicDirect([113.27, 26.71], azimuthDeg, distanceM),
  heightM: null,
  state: 'airborne',
  receivedAt: before(1),
  ...over,
});
const visit = (over: Partial<OpenVisit> = {}): OpenVisit => ({
  id: '7',
  incidentId: 'i-1',
  aircraftId: 'a-1',
  lastInsideAt: before(10),
  ...over,
});
const look = (
  aircraft: HeardAircraft[],
  visits: OpenVisit[] = [],
  { fires = [FIRE], settings = SETTINGS }: { fires?: (typeof FIRE)[]; settings?: object } = {},
): AirspaceChange[] =>
  watchAirspace({ aircraft, fires, visits }, { ...SETTINGS, ...settings }, NOW);
const kinds = (changes: AirspaceChange[]): string[] => changes.map(({ kind }) => kind);

describe('the airspace of a fire', () => {
  it('begins at its radius', () => {
    expect(look([drone(90, 1999)])).toMatchObject([
      { kind: 'entered', incidentId: 'i-1', aircraftId: 'a-1' },
    ]);
    expect(look([drone(90, 2001)])).toEqual([]);
  });

  it('is counted from the edge of the ellipse, in its direction', () => {
    const long = [
      { incidentId: 'i-1', fix: fixOf({ semiMajorM: 3000, semiMinorM: 100, orientationDeg: 45 }) },
    ];
    expect(kinds(look([drone(45, 4990)], [], { fires: long }))).toEqual(['entered']);
    expect(kinds(look([drone(225, 4990)], [], { fires: long }))).toEqual(['entered']);
    expect(look([drone(135, 2110)], [], { fires: long })).toEqual([]);
    expect(kinds(look([drone(135, 2090)], [], { fires: long }))).toEqual(['entered']);
  });

  it('has a ceiling where the county says so, for those who say their height', () => {
    const settings = { ceilingM: 300 };
    expect(look([drone(0, 500, { heightM: 310 })], [], { settings })).toEqual([]);
    expect(kinds(look([drone(0, 500, { heightM: 290 })], [], { settings }))).toEqual(['entered']);
    expect(kinds(look([drone(0, 500)], [], { settings }))).toEqual(['entered']);
    expect(kinds(look([drone(0, 500, { heightM: 310 })], [visit()], { settings }))).toEqual([
      'stayed',
    ]);
  });

  it('holds nobody who stands on the ground', () => {
    expect(look([drone(0, 500, { state: 'ground' })])).toEqual([]);
  });

  it('counts each fire and each aircraft', () => {
    const fires = [FIRE, { incidentId: 'i-2', fix: FIRE.fix }];
    const both = [drone(0, 100), drone(0, 100, { id: 'a-2' })];
    expect(kinds(look(both, [visit()], { fires })).toSorted()).toEqual([
      'entered',
      'entered',
      'entered',
      'stayed',
    ]);
  });
});

describe('an aircraft that is in there', () => {
  it('stays while it is a tenth farther out', () => {
    expect(look([drone(0, 2190)], [visit()])).toMatchObject([
      { kind: 'stayed', visitId: '7', at: before(1) },
    ]);
  });

  it('has left when it was outside or unheard for long enough', () => {
    expect(look([drone(0, 2210)], [visit({ lastInsideAt: before(299) })])).toEqual([]);
    const gone = visit({ lastInsideAt: before(300) });
    expect(look([drone(0, 2210)], [gone])).toEqual([{ kind: 'left', visit: gone }]);
    expect(look([], [gone])).toEqual([{ kind: 'left', visit: gone }]);
  });

  it('is of no interest once the fire is over', () => {
    expect(look([drone(0, 100)], [visit()], { fires: [] })).toEqual([
      { kind: 'over', visit: visit() },
    ]);
  });

  it('is told of once, however it flaps at the edge', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1500, max: 2600 }), { maxLength: 100 }), (path) => {
        let open: OpenVisit | undefined;
        let entered = 0;
        path.forEach((distanceM, i) => {
          // Every two seconds: fewer than five minutes in all.
          const now = new Date(NOW.getTime() + i * 2_000);
          const aircraft = [drone(0, distanceM, { receivedAt: now })];
          const visits = open === undefined ? [] : [open];
          for (const change of watchAirspace({ aircraft, fires: [FIRE], visits }, SETTINGS, now)) {
            if (change.kind === 'entered') entered += 1;
            if (change.kind === 'left' || change.kind === 'over') open = undefined;
            else open = visit({ lastInsideAt: now });
          }
        });
        expect(entered).toBe(path.some((distanceM) => distanceM <= 2000) ? 1 : 0);
      }),
      { seed: 20261128, numRuns: 200 },
    );
  });
});
