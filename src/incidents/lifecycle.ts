import type { IncidentStatus } from './candidate.ts';

/** The acts of a person on an incident. Acknowledging, verifying and dispatching are three different acts. */
export const INCIDENT_ACTIONS = [
  'acknowledge',
  'verify',
  'dismiss',
  'dispatch',
  'contain',
  'close',
] as const;
export type IncidentAction = (typeof INCIDENT_ACTIONS)[number];

const RESULT: Record<IncidentAction, IncidentStatus> = {
  acknowledge: 'acknowledged',
  verify: 'verified',
  dismiss: 'dismissed',
  dispatch: 'responding',
  contain: 'contained',
  close: 'closed',
};

/** From which status each act is possible. Acts may skip steps (a fire is dispatched to before anybody verified it). */
const ALLOWED: Record<IncidentAction, readonly IncidentStatus[]> = {
  acknowledge: ['reported'],
  verify: ['reported', 'acknowledged'],
  dismiss: ['reported', 'acknowledged', 'verified', 'responding'],
  dispatch: ['reported', 'acknowledged', 'verified'],
  contain: ['verified', 'responding'],
  close: ['contained', 'responding', 'verified'],
};

export type Transition =
  | { kind: 'changed'; status: IncidentStatus }
  | { kind: 'unchanged' }
  | { kind: 'refused'; reason: string };

/**
 * What an act does to an incident. Repeating the act that led to the present status changes nothing (a
 * second tap, a retried request); acknowledging anything already under way likewise.
 */
export const transition = (status: IncidentStatus, action: IncidentAction): Transition => {
  if (status === RESULT[action]) return { kind: 'unchanged' };
  if (ALLOWED[action].includes(status)) return { kind: 'changed', status: RESULT[action] };
  if (action === 'acknowledge' && ['verified', 'responding', 'contained'].includes(status)) {
    return { kind: 'unchanged' };
  }
  return {
    kind: 'refused',
    reason: `cannot ${action} an incident that is ${status}; possible from: ${ALLOWED[action].join(', ')}`,
  };
};
