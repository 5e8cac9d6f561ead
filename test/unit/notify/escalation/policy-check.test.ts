import { describe, expect, it } from 'vitest';
import type { PolicyBody } from '../../../../src/notify/escalation/policy-body.ts';
import { checkPolicy } from '../../../../src/notify/escalation/policy-check.ts';
import type { Person } from '../../../../src/people/index.ts';

const person = (id: string, roles: Person['roles'], phone: string | null): Person => ({
  id,
  name: id,
  roles,
  regionIds: [],
  locale: 'en',
  contacts:
    phone === null
      ? []
      : [{ id, channel: 'sms', address: phone, verified: true, disabledAt: null }],
  createdAt: new Date(0),
});
const world = {
  hasRegion: (id: string) => id === 'anren',
  people: [person('li', ['duty_officer'], '+8613800000001'), person('wang', ['dispatcher'], null)],
};
const policy = (steps: PolicyBody['steps'], over: Partial<PolicyBody> = {}): PolicyBody => ({
  id: 'p',
  name: 'p',
  regionIds: ['anren'],
  steps,
  ...over,
});
const step = (to: PolicyBody['steps'][number]['to'], afterS = 0, channels = ['sms']) => ({
  afterS,
  to,
  channels,
});

describe('checkPolicy', () => {
  it('finds nothing wrong with a policy that reaches people', () => {
    const good = policy([
      step([{ onDuty: true }]),
      step([{ role: 'duty_officer' }, { personId: 'li' }], 60, ['voice', 'sms']),
      step([{ responsible: true, regionLevel: 'county' }, { responsible: true }], 61),
    ]);
    expect(checkPolicy(good, world)).toEqual([]);
  });

  it('names every wrong field', () => {
    const bad = policy(
      [
        step([{ personId: 'nobody' }, { role: 'chief' }], 60, ['pigeon']),
        step([{ role: 'dispatcher' }, { personId: 'wang' }], 60),
        step([{}, { onDuty: true, role: 'admin' }, { onDuty: true, regionLevel: 'county' }], 61),
        step([{ responsible: true, regionLevel: 'province' }], 30),
      ],
      { regionIds: ['anren', 'mars'], hours: { from: '22:00', to: '22:00' } },
    );
    expect(checkPolicy(bad, world).map(({ path }) => path)).toEqual([
      'regionIds[1]',
      'steps[1].afterS',
      'steps[3].afterS',
      'hours',
      'steps[0].channels[0]',
      'steps[0].to[0].personId',
      'steps[0].to[1].role',
      'steps[1].to[0].role',
      'steps[1].to[1].personId',
      'steps[2].to[0]',
      'steps[2].to[1]',
      'steps[2].to[2].regionLevel',
      'steps[3].to[0].regionLevel',
    ]);
  });

  it('refuses a policy while nobody can be told', () => {
    const [fault] = checkPolicy(policy([step([{ onDuty: true }])]), {
      ...world,
      people: [person('wang', ['admin'], null)],
    });
    expect(fault).toMatchObject({
      path: 'steps',
      message: expect.stringContaining('reach nobody'),
    });
  });
});
