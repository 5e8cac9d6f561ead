import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DroneCommand,
  type FlightMethod,
  isActive,
  type OrderMethod,
  orderOf,
} from '../../../src/drones/drone-command.ts';
import { followProgress, followReply, followReturn } from '../../../src/drones/follow-command.ts';

const now = new Date('2026-04-05T03:00:00Z');
const FLIGHT = {
  method: 'takeoff_to_point',
  lon: 113,
  lat: 26,
  altitudeM: 300,
  flightHeightM: 120,
  speedMps: 12,
} as const;
const STATE = {
  id: 'c',
  deviceId: 'DRONE1',
  gatewayId: 'DOCK1',
  status: 'sent',
  authority: 'not_asked',
  tid: 't1',
  resultCode: null,
  said: null,
  remainingM: null,
  remainingS: null,
  requestedBy: 'user:op',
  requestedAt: now,
  updatedAt: now,
  endedAt: null,
  deadlineAt: now,
} as const;
type State = Omit<DroneCommand, keyof typeof FLIGHT>;
const command = ({
  method = FLIGHT.method,
  ...over
}: Partial<State> & { method?: FlightMethod } = {}): DroneCommand => ({
  ...STATE,
  ...FLIGHT,
  method,
  ...over,
});
const order = (method: OrderMethod, over: Partial<State> = {}): DroneCommand => ({
  ...STATE,
  ...orderOf(method),
  ...over,
});
const reply = (of: DroneCommand, result: number, over: { method?: string; tid?: string } = {}) =>
  followReply(
    of,
    { method: of.method, tid: 't1', result, data: { result }, ...over },
    { now, nextTid: 't2' },
  );
const progress = (of: DroneCommand, status: string, result = 0) =>
  followProgress(
    of,
    { status, result, remainingM: 10, remainingS: 1, data: { status, result } },
    now,
  );

describe('a reply', () => {
  it('accepts, or refuses a take-off with its code', () => {
    expect(reply(command(), 0)?.change).toMatchObject({ status: 'accepted', endedAt: null });
    expect(reply(command(), 336_003)).toEqual({
      change: {
        status: 'refused',
        endedAt: now,
        resultCode: 336_003,
        said: { result: 336_003 },
      },
    });
  });

  it('that is not to the message sent last, or to another method, changes nothing', () => {
    expect(reply(command(), 0, { tid: 'older' })).toBeUndefined();
    expect(reply(command(), 0, { method: 'cover_open' })).toBeUndefined();
    expect(reply(command({ status: 'in_progress' }), 1)).toBeUndefined();
    expect(reply(command({ status: 'done', endedAt: now }), 0)).toBeUndefined();
  });

  it('that refuses a flight in the air makes us ask for authority, once', () => {
    const first = reply(command({ method: 'fly_to_point' }), 327_002);
    expect(first).toMatchObject({ send: 'authority', change: { authority: 'asked', tid: 't2' } });
    const asked = command({
      method: 'fly_to_point',
      authority: 'asked',
      resultCode: 327_002,
      said: { result: 327_002 },
    });
    const grab = { method: 'flight_authority_grab' };
    expect(reply(asked, 0, grab)).toMatchObject({
      send: 'command',
      change: { authority: 'granted' },
    });
    const denied = reply(asked, 5, grab);
    expect(denied?.send).toBeUndefined();
    expect(denied?.change).toMatchObject({
      status: 'refused',
      said: { result: 327_002, authority: { result: 5 } },
    });
    expect(denied?.change).not.toHaveProperty('resultCode');
    const granted = command({ method: 'fly_to_point', authority: 'granted' });
    expect(reply(granted, 327_002)).toMatchObject({ change: { status: 'refused' } });
  });

  it('that comes late counts: the aircraft flies all the same', () => {
    const silent = { status: 'timed_out', endedAt: now } as const;
    expect(reply(command(silent), 0)?.change).toMatchObject({ status: 'accepted', endedAt: null });
    expect(reply(command({ ...silent, method: 'fly_to_point' }), 7)).toMatchObject({
      change: { status: 'refused' },
    });
  });
});

describe('progress', () => {
  it.each([
    ['task_ready', 0, 'in_progress'],
    ['wayline_progress', 0, 'in_progress'],
    ['a new word', 0, 'in_progress'],
    ['constructor', 0, 'in_progress'],
    ['wayline_ok', 0, 'done'],
    ['task_finish', 0, 'done'],
    ['wayline_failed', 0, 'failed'],
    ['wayline_ok', 9, 'failed'],
    ['wayline_progress', 9, 'failed'],
    ['wayline_cancel', 9, 'cancelled'],
  ])('%s with result %d: %s', (status, result, expected) => {
    const { change } = progress(command({ status: 'accepted' }), status, result) ?? {};
    expect(change).toMatchObject({ status: expected, resultCode: result, remainingM: 10 });
  });

  it('before the reply counts, after the end no more', () => {
    expect(progress(command(), 'wayline_progress')?.change.status).toBe('in_progress');
    for (const status of ['done', 'refused', 'failed', 'cancelled', 'superseded'] as const) {
      expect(progress(command({ status, endedAt: now }), 'wayline_progress')).toBeUndefined();
    }
  });
});

it('whatever comes, a command has ended exactly when its status says so', () => {
  const words = fc.constantFrom('task_ready', 'wayline_ok', 'wayline_failed', 'wayline_cancel', '');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('reply' as const), result: fc.constantFrom(0, 1) }),
    fc.record({ kind: fc.constant('grab' as const), result: fc.constantFrom(0, 1) }),
    fc.record({ kind: fc.constant('progress' as const), result: fc.constantFrom(0, 1), words }),
    fc.record({ kind: fc.constant('silence' as const) }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('takeoff_to_point' as const, 'fly_to_point' as const),
      fc.array(step, { maxLength: 12 }),
      (method, steps) => {
        let state = command({ method });
        let sent = 0;
        for (const one of steps) {
          const tid = state.tid;
          const followed =
            one.kind === 'silence'
              ? undefined
              : one.kind === 'progress'
                ? progress(state, one.words, one.result)
                : reply(state, one.result, {
                    tid,
                    ...(one.kind === 'grab' ? { method: 'flight_authority_grab' } : {}),
                  });
          if (one.kind === 'silence' && isActive(state.status)) {
            state = { ...state, status: 'timed_out', endedAt: now };
          }
          if (followed?.send !== undefined) sent += 1;
          state = { ...state, ...followed?.change };
          expect(state.endedAt === null).toBe(isActive(state.status));
        }
        // Once for authority, once more for the flight: it never goes on asking.
        expect(sent).toBeLessThanOrEqual(2);
      },
    ),
    { seed: 5 },
  );
});

describe('an order to stop', () => {
  it.each(['fly_to_point_stop', 'return_home_cancel'] as const)(
    '%s is done when it is answered, or refused once authority was asked for in vain',
    (method) => {
      expect(reply(order(method), 0)?.change).toMatchObject({ status: 'done', endedAt: now });
      const asked = reply(order(method), 327_002);
      expect(asked).toMatchObject({ change: { authority: 'asked', tid: 't2' }, send: 'authority' });
      const refused = reply(order(method, { authority: 'granted' }), 327_002);
      expect(refused?.change).toMatchObject({ status: 'refused', resultCode: 327_002 });
    },
  );
});

describe('a return', () => {
  const at = (s: number): Date => new Date(now.getTime() + s * 1000);
  const home = (over: Partial<State> = {}) => order('return_home', over);
  const follow = (
    of: DroneCommand,
    said: { modeCode?: number; heardS?: number; inDock?: boolean; dockS?: number },
  ) =>
    followReturn(
      of,
      {
        modeCode: said.modeCode ?? null,
        heardAt: said.heardS === undefined ? null : at(said.heardS),
        inDock: said.inDock ?? false,
        dockHeardAt: said.dockS === undefined ? null : at(said.dockS),
      },
      at(10),
    );

  it('is accepted, and under way while the aircraft flies home or lands', () => {
    expect(reply(home(), 0)?.change).toMatchObject({ status: 'accepted' });
    for (const modeCode of [9, 10, 11, 12]) {
      expect(follow(home({ status: 'accepted' }), { modeCode, heardS: 5 })).toEqual({
        status: 'in_progress',
        deadlineAt: at(185),
      });
    }
    const heardBefore = home({ status: 'in_progress', deadlineAt: at(185) });
    expect(follow(heardBefore, { modeCode: 9, heardS: 5 })).toBeUndefined();
  });

  it('is done when the aircraft stands, or its dock has it', () => {
    const done = { status: 'done', endedAt: at(10) };
    expect(follow(home({ status: 'in_progress' }), { modeCode: 0, heardS: 5 })).toEqual(done);
    expect(
      follow(home({ status: 'in_progress' }), { modeCode: 14, inDock: true, dockS: 5 }),
    ).toEqual(done);
  });

  it('is cancelled when it flies on otherwise, but not before it has begun', () => {
    expect(follow(home({ status: 'in_progress' }), { modeCode: 3, heardS: 5 })).toEqual({
      status: 'cancelled',
      endedAt: at(10),
    });
    expect(follow(home({ status: 'accepted' }), { modeCode: 3, heardS: 5 })).toBeUndefined();
    expect(follow(home({ status: 'in_progress' }), { modeCode: 14, heardS: 5 })).toBeUndefined();
  });

  it('is not judged by what was heard before it was asked', () => {
    const stale = { modeCode: 0, heardS: 0, inDock: true, dockS: -60 };
    expect(follow(home({ status: 'in_progress' }), stale)).toBeUndefined();
    expect(follow(home({ status: 'in_progress' }), {})).toBeUndefined();
  });
});
