import { describe, expect, it } from 'vitest';
import { associate, type Candidate } from '../../../src/incidents/associate.ts';
import { type Fix, geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';

const config = { gateChi2: 9.21, windowS: 1800 };
const home: LonLat = [113.27, 26.71];
const t0 = new Date('2026-04-05T03:00:00Z');
const minutes = (n: number): Date => new Date(t0.getTime() + n * 60_000);

const fix = ([lon, lat]: LonLat, radiusM = 200): Fix => ({
  lon,
  lat,
  method: 'reported',
  ellipse: { semiMajorM: radiusM, semiMinorM: radiusM, orientationDeg: 0 },
});
const incident = (over: Partial<Candidate> = {}): Candidate => ({
  id: 'i-1',
  status: 'reported',
  fix: fix(home),
  sourceIds: ['cam-1'],
  lastObservedAt: t0,
  lastReceivedAt: t0,
  ...over,
});
const seen = (point: LonLat, over: Partial<Parameters<typeof associate>[0]> = {}) => ({
  deviceId: 'cam-2',
  fix: fix(point),
  observedAt: minutes(1),
  receivedAt: minutes(1),
  ...over,
});

describe('associate', () => {
  it('joins what is compatible and opens what is not', () => {
    expect(associate(seen(geodesicDirect(home, 0, 200)), [incident()], config)).toMatchObject({
      kind: 'join',
      incidentId: 'i-1',
    });
    expect(associate(seen(geodesicDirect(home, 0, 2000)), [incident()], config)).toEqual({
      kind: 'open',
    });
    expect(associate(seen(home), [], config)).toEqual({ kind: 'open' });
  });

  it('joins the nearest of several in sigmas', () => {
    const near = incident({ id: 'near', fix: fix(geodesicDirect(home, 0, 100)) });
    const far = incident({ id: 'far', fix: fix(geodesicDirect(home, 180, 250)) });
    expect(associate(seen(home), [far, near], config)).toMatchObject({ incidentId: 'near' });
  });

  it('holds the 30 minutes to the second', () => {
    const late = { observedAt: minutes(30), receivedAt: minutes(30) };
    expect(associate(seen(home, late), [incident()], config).kind).toBe('join');
    const later = {
      observedAt: new Date(minutes(30).getTime() + 1000),
      receivedAt: new Date(minutes(30).getTime() + 1000),
    };
    expect(associate(seen(home, later), [incident()], config).kind).toBe('open');
  });

  it('joins by our receipt when the device clock is eight hours off', () => {
    const wrongZone = { observedAt: minutes(480), receivedAt: minutes(1) };
    expect(associate(seen(home, wrongZone), [incident()], config).kind).toBe('join');
  });

  it('joins by the device clock when the message waited out a broken link', () => {
    const delayed = { observedAt: minutes(2), receivedAt: minutes(120) };
    expect(associate(seen(home, delayed), [incident()], config).kind).toBe('join');
  });

  it.each(['acknowledged', 'verified', 'responding', 'contained'] as const)(
    'joins an incident that is %s',
    (status) => {
      expect(associate(seen(home), [incident({ status })], config).kind).toBe('join');
    },
  );

  it.each(['closed', 'merged'] as const)('leaves an incident that is %s alone', (status) => {
    expect(associate(seen(home), [incident({ status })], config)).toEqual({ kind: 'open' });
  });

  it('gives further frames of a dismissed source to the dismissed incident, another source a new one', () => {
    const dismissed = [incident({ status: 'dismissed' })];
    expect(associate(seen(home, { deviceId: 'cam-1' }), dismissed, config).kind).toBe('join');
    expect(associate(seen(home, { deviceId: 'cam-2' }), dismissed, config).kind).toBe('open');
  });

  it('joins an alarm without a direction only to what its own source opened', () => {
    const vicinity: Fix = { ...fix(geodesicDirect(home, 90, 5000), 15_000), method: 'vicinity' };
    expect(associate(seen(home, { fix: vicinity }), [incident()], config).kind).toBe('open');
    expect(
      associate(seen(home, { fix: vicinity, deviceId: 'cam-1' }), [incident()], config).kind,
    ).toBe('join');
    const around = incident({ fix: vicinity });
    expect(associate(seen(home), [around], config).kind).toBe('open');
    expect(associate(seen(home, { deviceId: 'cam-1' }), [around], config).kind).toBe('join');
  });
});
