import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageFile } from '../../../src/shared/package-root.ts';

type Incident = { status: string; alertLevel: string };
type Event = { type: string; incidentId?: string; data: object };
type Row = { event: Event; first: Event; count: number };

type Aircraft = {
  id: string;
  lon: number;
  lat: number;
  heightM: number | null;
  operator: { lon: number; lat: number } | null;
  incidentIds: string[];
};

// The page is plain JavaScript, so its types are said here.
type Page = {
  isNews: (incident: Incident, heard: string | undefined) => boolean;
  isWaiting: (incident: Incident) => boolean;
  priorOf: (incident: { confidence: number; factors: { ratio: number }[] }) => number;
  eventText: (row: Row, numberOf: (id: string) => string) => string;
  condense: (events: Event[]) => Row[];
  canUndo: (events: Event[]) => boolean;
  bySource: (detections: { deviceId: string; id: number }[]) => {
    deviceId: string;
    frames: unknown[];
  }[];
  percent: (fraction: number) => string;
  ratio: (value: number) => string;
  offset: (from: object, to: object) => { distanceM: number; azimuthDeg: number };
  aircraftNear: (aircraft: Aircraft[], incident: object, reachM: number) => Aircraft[];
  aircraftText: (aircraft: Aircraft, fix: object) => string;
  untilTime: (iso: string, now: number, language: string) => string;
};
let page: Page;

beforeAll(async () => {
  vi.stubGlobal('localStorage', { getItem: () => 'en' });
  const files =
    'alertness why event-text timeline corrections detection-list aircraft-marks format'.split(' ');
  const modules = await Promise.all(
    files.map((file) => import(join(packageFile('src/console/public'), `${file}.js`))),
  );
  page = Object.assign({}, ...modules) as Page;
});
afterAll(() => {
  vi.unstubAllGlobals();
});

describe('aircraft that are not ours', () => {
  const fix = { lon: 113.27, lat: 26.71 };
  const aircraft = (over: Partial<Aircraft> = {}): Aircraft => ({
    id: 'F-1',
    lon: 113.27,
    lat: 26.72,
    heightM: 120.4,
    operator: null,
    incidentIds: [],
    ...over,
  });

  it('are named with what they say', () => {
    expect(page.aircraftText(aircraft(), fix)).toBe('Foreign aircraft · F-1 · 1.1 km · 120 m high');
    const operator = { lon: 113.2, lat: 26.7 };
    expect(page.aircraftText(aircraft({ heightM: null, operator }), fix)).toBe(
      'Foreign aircraft · F-1 · 1.1 km · operator at 113.20000,26.70000',
    );
  });

  it('are drawn where they are near, or in the airspace of the fire', () => {
    const near = aircraft();
    const inside = aircraft({ id: 'F-2', lat: 26.8, incidentIds: ['i-1'] });
    const far = aircraft({ id: 'F-3', lat: 26.8, incidentIds: ['i-2'] });
    const incident = { id: 'i-1', fix };
    expect(page.aircraftNear([near, inside, far], incident, 2000)).toEqual([near, inside]);
  });
});

describe('what must be heard', () => {
  const incident = (alertLevel: string, status = 'reported'): Incident => ({ status, alertLevel });

  it.each([
    ['opened and alerted', incident('review'), undefined, true],
    ['opened, listed only', incident('none'), undefined, false],
    ['raised later', incident('review'), 'none', true],
    ['upgraded', incident('strong'), 'review', true],
    ['another frame of it', incident('strong'), 'strong', false],
    ['upgraded after somebody took it', incident('strong', 'acknowledged'), 'review', true],
    ['first seen here when it was taken', incident('strong', 'acknowledged'), undefined, false],
    ['over', incident('strong', 'dismissed'), 'review', false],
  ])('%s: %o, heard at %s → %s', (_what, is, heard, news) => {
    expect(page.isNews(is, heard)).toBe(news);
  });

  it('counts as waiting only what people were alerted of', () => {
    expect(page.isWaiting(incident('review'))).toBe(true);
    expect(page.isWaiting(incident('none'))).toBe(false);
    expect(page.isWaiting(incident('strong', 'acknowledged'))).toBe(false);
  });
});

describe('why it is believed', () => {
  it('gives back the probability there was before any evidence', () => {
    const odds = (0.02 / 0.98) * 20 * 15;
    const factors = [{ ratio: 20 }, { ratio: 15 }];
    expect(page.priorOf({ confidence: odds / (1 + odds), factors })).toBeCloseTo(0.02, 10);
  });

  it('never claims to be sure', () => {
    expect([0, 0.0049, 0.29, 0.86, 0.9949, 0.9999].map(page.percent)).toEqual([
      '<1%',
      '<1%',
      '29%',
      '86%',
      '99%',
      '>99%',
    ]);
    expect([20, 0.05, 1].map(page.ratio)).toEqual(['×20', '×0.05', '×1']);
  });
});

describe('a row of the timeline', () => {
  const ellipse = (semiMajorM: number, semiMinorM: number) => ({
    ellipse: { semiMajorM, semiMinorM },
  });
  const says = (type: string, data: object): string => {
    const event = { type, incidentId: 'this', data };
    return page.eventText({ event, first: event, count: 1 }, (id) => `No. ${id}`);
  };

  it.each([
    ['confidence_changed', { old: 0.29, new: 0.86, level: 'strong' }, '29% → 86% strong'],
    ['suppressed', { new: [{ kind: 'heat_source', name: 'kiln' }] }, 'known heat source kiln'],
    ['suppression_ended', { old: [{ kind: 'view_mask', name: 'glint' }] }, 'masked view glint'],
    ['ambiguous', { hypotheses: [{ probability: 0.6, deviceIds: ['a', 'b'] }] }, '60% a, b'],
    ['detection_left', { deviceId: 'cam-1', to: '7' }, 'cam-1 → No. 7'],
    ['detection_added', { deviceId: 'cam-1', from: '7' }, 'cam-1 ← No. 7'],
    [
      'detection_labelled',
      { deviceId: 'cam-1', old: null, new: 'other_smoke' },
      'cam-1: – → other smoke',
    ],
    ['merged', { into: 'N-2', reason: 'same smoke' }, 'N-2 · same smoke'],
    ['absorbed', { number: 'N-1' }, 'N-1'],
    ['split', { from: 'this', number: 'N-3' }, '→ N-3'],
    ['split', { from: 'other', number: 'N-1' }, '← N-1'],
    ['undone', { what: 'merge' }, 'merge'],
    [
      'foreign_aircraft',
      { state: 'entered', aircraftId: '1581F4', distanceM: 820 },
      '1581F4 820 m',
    ],
    ['foreign_aircraft', { state: 'left', aircraftId: '1581F4' }, '1581F4 has left'],
    ['notified', { level: 'strong', reason: 'opened' }, 'strong'],
    ['dismissed', { reason: 'fog' }, 'fog'],
  ])('tells what matters of %s', (type, data, expected) => {
    expect(says(type, data)).toMatch(new RegExp(` · ${expected.replaceAll('.', '\\.')}$`));
  });

  it('tells the error before and after, over a whole run of updates', () => {
    const update = (from: object, to: object): Event => ({
      type: 'fix_updated',
      data: { old: from, new: { ...to, method: 'intersection' } },
    });
    const events = [
      update(ellipse(672, 124), ellipse(293, 96)),
      update(ellipse(293, 96), ellipse(75, 58)),
    ];
    const [row] = page.condense(events);
    if (row === undefined) throw new Error('no row');
    expect(page.eventText(row, String)).toBe(
      'position updated ×2 · ±672 m × 124 m → ±75 m crossing of towers',
    );
  });

  it('tells an event in a shape it does not know by its name', () => {
    expect(says('fix_updated', {})).toBe('position updated');
    expect(says('some_later_event', {})).toBe('some_later_event');
  });

  it('keeps a detection that came from another incident apart from further frames', () => {
    const frame = { type: 'detection_added', data: {} };
    const moved = { type: 'detection_added', data: { from: 'x', deviceId: 'cam-1' } };
    expect(page.condense([frame, moved, frame]).map(({ count }) => count)).toEqual([1, 1, 1]);
  });
});

describe('corrections', () => {
  it('can be undone until they were', () => {
    const split = { type: 'split', data: { operationId: 'a' } };
    const undone = { type: 'undone', data: { operationId: 'a' } };
    expect(page.canUndo([])).toBe(false);
    expect(page.canUndo([split])).toBe(true);
    expect(page.canUndo([split, undone])).toBe(false);
    expect(page.canUndo([{ type: 'merged', data: { operationId: 'b' } }, split, undone])).toBe(
      true,
    );
  });

  it('show detections by source, the one that spoke last first', () => {
    const detections = ['b', 'a', 'b'].map((deviceId, id) => ({ deviceId, id }));
    expect(page.bySource(detections).map((g) => [g.deviceId, g.frames.length])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });

  it('say where another incident lies', () => {
    const east = page.offset({ lon: 113.3, lat: 26.6 }, { lon: 113.31, lat: 26.6 });
    expect(east.azimuthDeg).toBeCloseTo(90, 6);
    expect(east.distanceM).toBeGreaterThan(990);
    expect(east.distanceM).toBeLessThan(1_000);
  });

  it('say until when something is held down, with the day when it is not today', () => {
    const now = new Date(2026, 3, 5, 12).getTime();
    const at = (day: number): string => new Date(2026, 3, day, 18, 30).toISOString();
    expect(page.untilTime(at(5), now, 'en')).toBe('18:30');
    expect(page.untilTime(at(6), now, 'en')).toMatch(/04\/06.*18:30/);
  });
});
