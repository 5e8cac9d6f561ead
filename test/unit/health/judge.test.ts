import { describe, expect, it } from 'vitest';
import { hasToured, observe } from '../../../src/health/observe.ts';
import { type Memory, NO_MEMORY } from '../../../src/health/reading.ts';
import { HEALTH_DEFAULTS } from '../../../src/shared/health-config.ts';
import { at, codesOf, judged, reading, spokeUntil } from './made-up.ts';

describe('whether a device is there', () => {
  it('finds nothing wrong with a camera that is online and says nothing', () => {
    expect(judged({ seenAt: at(-86_400 * 5) })).toEqual({
      presence: 'up',
      judged: true,
      problems: [],
    });
  });

  it('lists what was never seen, and does not call it a fault of a certain time', () => {
    const never = judged({ online: null, onlineAt: null, link: null, seenAt: null });
    expect(never).toMatchObject({ presence: 'unknown', judged: false });
    expect(codesOf(never)).toEqual(['never_seen']);
  });

  it('does not judge what was revoked', () => {
    expect(judged({ revoked: true, online: false })).toEqual({
      presence: 'unknown',
      judged: false,
      problems: [],
    });
  });

  it('believes the will, since when it was said', () => {
    const gone = judged({ online: false, onlineAt: at(-50), seenAt: at(-60) });
    expect(gone).toMatchObject({
      presence: 'down',
      problems: [{ code: 'offline', since: at(-50).toISOString(), detail: null }],
    });
  });

  it('believes what it hears more than what was said before', () => {
    const speaks = judged({ online: false, onlineAt: at(-50), seenAt: at(-5) });
    expect(speaks).toMatchObject({ presence: 'up', problems: [] });
  });

  it('does not take a drone that was switched off for a fault', () => {
    const parked = judged({ kind: 'drone', online: false, seenAt: at(-90_000) });
    expect(parked).toEqual({ presence: 'unknown', judged: true, problems: [] });
  });

  it.each([
    ['a dock, by its kind', { kind: 'dock' as const, telemetryAt: at(-121) }, 121],
    ['a camera that spoke every minute', {}, 601],
    ['an aircraft in the air', { kind: 'drone' as const, airborne: true }, 31],
    ['one that says how often it speaks', { heartbeatS: 30, link: 'http' as const }, 91],
  ])('misses %s', (_, over, silentS) => {
    const memory = spokeUntil(-silentS);
    const heard = { ...over, seenAt: at(-silentS) };
    expect(codesOf(judged(heard, { memory }))).toEqual(['stale']);
    expect(judged({ ...over, seenAt: at(1 - silentS) }, { memory }).problems).toEqual([]);
  });

  it.each([
    ['a camera that never sent telemetry', {}, NO_MEMORY],
    ['one that sent some now and then', {}, spokeUntil(-4000, [0, 0, 0])],
    ['one whose silence says nothing, as registered', { heartbeatS: 0 }, spokeUntil(-4000)],
    ['an aircraft on the ground', { kind: 'drone' as const, airborne: false }, spokeUntil(-4000)],
    ['a dock that was never heard', { kind: 'dock' as const, telemetryAt: null }, NO_MEMORY],
  ])('does not miss %s', (_, over, memory) => {
    expect(judged({ ...over, seenAt: at(-4000) }, { memory }).problems).toEqual([]);
  });

  it('cannot have heard what was said before it listened', () => {
    const dock = { kind: 'dock' as const, telemetryAt: at(-7200), seenAt: at(-7200) };
    expect(judged(dock, { watchedSince: at(-100) }).problems).toEqual([]);
    expect(codesOf(judged(dock, { watchedSince: at(-121) }))).toEqual(['stale']);
    // It was missing before the break already.
    const known = [{ code: 'stale' as const }];
    expect(codesOf(judged(dock, { watchedSince: at(-1), known }))).toEqual(['stale']);
  });

  it('misses cameras with the gateway that reports for them, unless they were heard since', () => {
    const goneGateway = { id: 'nvr', since: at(-500).toISOString() };
    const behind = { gatewayId: 'nvr', online: null, onlineAt: null, link: null };
    const gone = judged({ ...behind, seenAt: at(-501) }, { goneGateway });
    expect(gone).toMatchObject({
      presence: 'down',
      problems: [{ code: 'offline', since: goneGateway.since, detail: 'nvr' }],
    });
    expect(judged({ ...behind, seenAt: at(-499) }, { goneGateway }).problems).toEqual([]);
    expect(judged({ gatewayId: 'nvr' }, { goneGateway }).problems).toEqual([]);
  });

  it('knows nothing of a camera without a connection that has been silent for a day', () => {
    const http = { link: 'http' as const };
    expect(judged({ ...http, seenAt: at(-86_399) }).presence).toBe('up');
    expect(judged({ ...http, seenAt: at(-86_401) })).toEqual({
      presence: 'unknown',
      judged: false,
      problems: [],
    });
  });
});

describe('its clock', () => {
  const skew = (behindS: readonly number[]) =>
    judged({}, { memory: spokeUntil(-10, behindS) }).problems;

  it('is wrong by the median of its last readings', () => {
    expect(skew([95, 94, 95, 96, 95, 95, 95, 96, 95])).toMatchObject([
      { code: 'clock_skew', value: 95, limit: 30 },
    ]);
    expect(skew([-40, -40, -40, -40, -40])).toMatchObject([{ value: -40 }]);
    expect(skew([30, 30, 30, 30, 30])).toEqual([]);
  });

  it('is not wrong for a message that came late, nor before there are enough', () => {
    expect(skew([0, 1, 0, 7200, 0, 0, 1])).toEqual([]);
    expect(skew([95, 95, 95, 95])).toEqual([]);
  });

  it('is not wrong while a backlog comes in', () => {
    expect(skew([7200, 6400, 5100, 4200, 3300, 2100, 1200, 600, 100])).toEqual([]);
  });

  it('is read once a minute', () => {
    const said = (s: number) => reading({ telemetryAt: at(s), saidAt: at(s - 95) });
    const seen = [0, 10, 59, 60, 61, 120].reduce<Memory>(
      (memory, s) => observe(memory, said(s), HEALTH_DEFAULTS),
      NO_MEMORY,
    );
    expect(seen.clock.map(({ at: when, behindS }) => [when, behindS])).toEqual([
      [at(0).toISOString(), 95],
      [at(60).toISOString(), 95],
      [at(120).toISOString(), 95],
    ]);
  });
});

describe('a camera that turns', () => {
  /** Turned by 20 degrees every two minutes for half an hour, then stood still until `untilS`. */
  const toured = (untilS: number): Memory => {
    let memory = NO_MEMORY;
    for (let s = -1800; s <= untilS; s += 60) {
      const view = { panDeg: Math.min(s, 0) / 6 + 360, tiltDeg: -2 };
      memory = observe(memory, reading({ view, telemetryAt: at(s) }), HEALTH_DEFAULTS);
    }
    return memory;
  };
  const lookAt = (memory: Memory, nowS: number, over = {}) =>
    codesOf(
      judged({ telemetryAt: at(nowS), seenAt: at(nowS), ...over }, { memory, now: at(nowS) }),
    );

  it('is stuck when it has not for an hour and still says where it looks', () => {
    const memory = toured(3700);
    expect(hasToured(memory)).toBe(true);
    expect(lookAt(memory, 3590)).toEqual([]);
    expect(lookAt(memory, 3700)).toEqual(['stuck_view']);
    expect(lookAt(memory, 3700, { telemetryAt: at(2000) })).toEqual([]);
  });

  it('is not, where it is registered as one that does not turn; and the other way round', () => {
    expect(lookAt(toured(3700), 3700, { tour: false })).toEqual([]);
    const still: Memory = {
      ...NO_MEMORY,
      view: { panDeg: 10, tiltDeg: 0, since: at(-4000).toISOString(), turns: [] },
    };
    expect(lookAt(still, 0)).toEqual([]);
    expect(lookAt(still, 0, { tour: true })).toEqual(['stuck_view']);
  });

  it('turns by the shorter way: from 359.9° to 0.2° it has hardly moved', () => {
    const view = (panDeg: number, s: number) =>
      reading({ view: { panDeg, tiltDeg: 0 }, telemetryAt: at(s) });
    const first = observe(NO_MEMORY, view(359.9, 0), HEALTH_DEFAULTS);
    expect(observe(first, view(0.2, 120), HEALTH_DEFAULTS)).toBe(first);
    expect(observe(first, view(1.2, 120), HEALTH_DEFAULTS).view?.turns).toHaveLength(1);
  });

  it('has a frozen picture when it alarms with the very same one again and again', () => {
    const frame = { since: at(-400), at: at(-100) };
    expect(judged({ frame }).problems).toMatchObject([{ code: 'same_frame', value: 300 }]);
    expect(judged({ frame: { since: at(-399), at: at(-100) } }).problems).toEqual([]);
    expect(judged({ frame: { since: at(-90_000), at: at(-86_500) } }).problems).toEqual([]);
  });
});

describe('limits', () => {
  const dock = { kind: 'dock' as const, telemetryAt: at(-5) };

  it('are of wind, rain and charge', () => {
    expect(judged({ ...dock, windMps: 13.26, rainLevel: 2 }).problems).toMatchObject([
      { code: 'wind_high', value: 13.3, limit: 12 },
      { code: 'rain', value: 2 },
    ]);
    expect(judged({ ...dock, windMps: 12, rainLevel: 1 }).problems).toEqual([]);
    expect(judged({ ...dock, idleBatteryPct: 12 }).problems).toMatchObject([
      { code: 'battery_low', value: 12, limit: 20 },
    ]);
  });

  it('are not of yesterday’s readings', () => {
    const old = { windMps: 20, batteryPct: 3, telemetryAt: at(-601) };
    expect(judged(old).problems).toEqual([]);
  });
});

describe('health messages of DJI', () => {
  const hms = (level: number, ageS: number) => ({
    hms: {
      at: at(-ageS),
      list: [
        { code: 'hms_1', level: 0 },
        { code: 'hms_2', level },
      ],
    },
  });

  it('count from level 2 on, until a later list is without, or for some hours', () => {
    expect(judged(hms(2, 60)).problems).toMatchObject([{ code: 'hms', value: 2, detail: 'hms_2' }]);
    expect(judged(hms(1, 60)).problems).toEqual([]);
    expect(judged(hms(2, 21_601)).problems).toEqual([]);
    expect(judged({ hms: { at: at(-10), list: [] } }).problems).toEqual([]);
  });
});
