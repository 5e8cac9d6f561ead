import { expect, it } from 'vitest';
import { planKills } from '../../chaos/kill-plan.ts';
import { createRandom } from '../../support/random.ts';

it('kills each kind early, the same for the same seed', () => {
  const plan = (seed: number) => planKills(46, { random: createRandom(seed), redis: true });
  expect(new Set(plan(1).slice(0, 6)).size).toBe(6);
  expect(plan(1)).toHaveLength(46);
  expect(plan(1)).toEqual(plan(1));
  expect(plan(1)).not.toEqual(plan(2));
  expect(plan(1).filter((kind) => kind === 'worker')).toHaveLength(17);
});

it('leaves Redis alone where there is none', () => {
  const plan = planKills(50, { random: createRandom(1), redis: false });
  expect(plan.some((kind) => kind.startsWith('Redis'))).toBe(false);
});
