import { expect, it } from 'vitest';
import { measurePickUps } from '../../chaos/pick-ups.ts';

const begun = (startedAt: number, outcome: string) => ({ startedAt, outcome });
const death = { kind: 'worker', target: 'worker 1', at: 10_100, backAt: 12_000 } as const;

it('measures from the kill to the next attempt', () => {
  const attempts = [[begun(10_000, 'unknown'), begun(16_100, 'submitted')]];
  expect(measurePickUps(attempts, [death])).toEqual({ aloneMs: [6_000], otherwiseMs: [] });
});

it('keeps apart what another outage may have delayed', () => {
  const attempts = [[begun(10_000, 'unknown'), begun(16_100, 'submitted')]];
  const outage = { kind: 'PostgreSQL', target: 'PostgreSQL', at: 11_000, backAt: 13_000 } as const;
  expect(measurePickUps(attempts, [death, outage])).toEqual({ aloneMs: [], otherwiseMs: [6_000] });
});

it('does not count what a worker that lived tried again', () => {
  const attempts = [
    [begun(1_000, 'unknown'), begun(2_000, 'submitted')],
    [begun(10_000, 'failed'), begun(16_100, 'submitted')],
  ];
  expect(measurePickUps(attempts, [death])).toEqual({ aloneMs: [], otherwiseMs: [] });
});
