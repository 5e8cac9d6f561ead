import { expect, it } from 'vitest';
import { crashRun } from '../chaos/crash-run.ts';

it('loses and doubles nothing when killed between PUBLISH and PUBACK', async () => {
  const rounds = 3;
  const result = await crashRun({ rounds, seed: 7, print: () => undefined });
  expect(result).toMatchObject({ killedBeforePuback: rounds, wrongLinks: 0, lostSms: 0 });
  // Five warm-up detections come before the kills.
  expect(result.incidents).toBe(result.published + 5);
  expect(result.notifications).toBe(result.published + 5);
}, 180_000);
