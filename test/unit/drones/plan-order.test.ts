import { describe, expect, it } from 'vitest';
import type { DroneCommand } from '../../../src/drones/drone-command.ts';
import { planOrder } from '../../../src/drones/plan-order.ts';

const now = new Date('2026-04-05T03:00:00Z');
const NOTHING = { at: null, altitudeM: null, elevationM: null, modeText: null, batteryPct: null };
const GATEWAY = { at: null, altitudeM: null, droneInDock: null, heardAt: now };

type Given = {
  modeCode?: number;
  heardS?: number;
  online?: boolean;
  active?: DroneCommand['method'];
};
const plan = (
  order: 'return' | 'stop',
  { modeCode, heardS = 2, online = true, active }: Given = {},
) =>
  planOrder(
    order,
    {
      aircraft: {
        ...NOTHING,
        modeCode: modeCode ?? null,
        heardAt: new Date(now.getTime() - heardS * 1000),
      },
      gateway: { ...GATEWAY, online },
    },
    { active: active === undefined ? undefined : ({ method: active } as DroneCommand), now },
  );

describe('an order', () => {
  it.each<[string, 'return' | 'stop', Given, string]>([
    ['home from a flight', 'return', { modeCode: 17 }, 'return_home'],
    ['home from where nobody knows', 'return', {}, 'return_home'],
    ['home when it has been silent', 'return', { modeCode: 0, heardS: 60 }, 'return_home'],
    ['stop a flight', 'stop', { modeCode: 17 }, 'fly_to_point_stop'],
    ['stop a return', 'stop', { modeCode: 9 }, 'return_home_cancel'],
    ['stop a return it is silent of', 'stop', { active: 'return_home' }, 'return_home_cancel'],
    ['stop a flight it is silent of', 'stop', { active: 'fly_to_point' }, 'fly_to_point_stop'],
    [
      'stop before it takes off',
      'stop',
      { modeCode: 1, active: 'takeoff_to_point' },
      'fly_to_point_stop',
    ],
  ])('%s', (_, order, given, method) => {
    expect(plan(order, given)).toEqual({ kind: 'plan', method });
  });

  it.each<[string, Given, string]>([
    ['it stands', { modeCode: 0 }, 'it is on the ground'],
    ['nobody passes it on', { modeCode: 17, online: false }, 'its dock or controller is offline'],
  ])('is not given when %s', (_, given, reason) => {
    for (const order of ['return', 'stop'] as const) {
      expect(plan(order, given)).toEqual({ kind: 'refused', code: 'conflict', reason });
    }
  });
});
