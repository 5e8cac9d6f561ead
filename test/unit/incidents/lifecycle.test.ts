import { describe, expect, it } from 'vitest';
import { INCIDENT_ACTIONS, transition } from '../../../src/incidents/lifecycle.ts';

describe('transition', () => {
  it('walks the lifecycle', () => {
    expect(transition('reported', 'acknowledge')).toEqual({
      kind: 'changed',
      status: 'acknowledged',
    });
    expect(transition('acknowledged', 'verify')).toEqual({ kind: 'changed', status: 'verified' });
    expect(transition('verified', 'dispatch')).toEqual({ kind: 'changed', status: 'responding' });
    expect(transition('responding', 'contain')).toEqual({ kind: 'changed', status: 'contained' });
    expect(transition('contained', 'close')).toEqual({ kind: 'changed', status: 'closed' });
  });

  it('dispatches at once when that is what the night needs', () => {
    expect(transition('reported', 'dispatch').kind).toBe('changed');
  });

  it('takes a second tap as the same act', () => {
    expect(transition('acknowledged', 'acknowledge').kind).toBe('unchanged');
    expect(transition('responding', 'acknowledge').kind).toBe('unchanged');
    expect(transition('closed', 'close').kind).toBe('unchanged');
  });

  it.each(['closed', 'dismissed', 'merged'] as const)('lets nobody act on what is %s', (status) => {
    for (const action of INCIDENT_ACTIONS) {
      expect(transition(status, action).kind).not.toBe('changed');
    }
  });

  it('says why an act is refused', () => {
    expect(transition('closed', 'verify')).toEqual({
      kind: 'refused',
      reason: 'cannot verify an incident that is closed; possible from: reported, acknowledged',
    });
  });
});
