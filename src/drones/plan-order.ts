import { NOWHERE, ON_GROUND, RETURNING } from './aircraft-mode.ts';
import type { DroneCommand, OrderMethod } from './drone-command.ts';
import { type FlightRefusal, type FlightSituation, FRESH_MS } from './plan-flight.ts';

/**
 * Which command makes the aircraft come home, or stop where it is. Where nothing was heard of it lately it is asked all
 * the same: the worst is that it refuses. Only one that stands, and was not just told to take off, is left alone.
 */
export const planOrder = (
  order: 'return' | 'stop',
  { aircraft, gateway }: FlightSituation,
  { active, now }: { active: DroneCommand | undefined; now: Date },
): { kind: 'plan'; method: OrderMethod } | FlightRefusal => {
  if (!gateway.online) {
    return { kind: 'refused', code: 'conflict', reason: 'its dock or controller is offline' };
  }
  const { modeCode, heardAt } = aircraft;
  const isFresh = heardAt !== null && now.getTime() - heardAt.getTime() <= FRESH_MS;
  const mode = isFresh && modeCode !== null && !NOWHERE.includes(modeCode) ? modeCode : null;
  if (active === undefined && mode !== null && ON_GROUND.includes(mode)) {
    return { kind: 'refused', code: 'conflict', reason: 'it is on the ground' };
  }
  if (order === 'return') return { kind: 'plan', method: 'return_home' };
  const isReturning = mode === null ? active?.method === 'return_home' : mode === RETURNING;
  return { kind: 'plan', method: isReturning ? 'return_home_cancel' : 'fly_to_point_stop' };
};
