import type { LocateConfig } from '../../src/locate/index.ts';
import { createRandom } from '../../src/shared/random.ts';
import type { Land } from './land.ts';
import {
  detect,
  type FireRule,
  fireSeenBy,
  isInside,
  missM,
  randomMast,
  type Seen,
} from './one-camera.ts';
import { median, percent, type Report } from './report.ts';

export type Judged = {
  method: string;
  inside: boolean;
  missM: number;
  semiMajorM: number;
  ms: number;
};

export type Scene = { land: Land; seed: number; count: number; marginM: number; rule: FireRule };

/** `count` random masts, each with one random fire whose smoke it sees. */
export const seenOn = ({ land, seed, count, marginM, rule }: Scene): Seen[] => {
  const random = createRandom(seed, 'masts and fires');
  const seen: Seen[] = [];
  while (seen.length < count) {
    const one = fireSeenBy(land.ground, randomMast(land, random, marginM), random, rule);
    if (one !== undefined) seen.push(one);
  }
  return seen;
};

export const judge = (
  seen: readonly Seen[],
  {
    land,
    seed,
    sigmaDeg,
    config,
  }: { land: Land; seed: number; sigmaDeg: number; config: LocateConfig },
): Judged[] => {
  const random = createRandom(seed, `angle errors of ${sigmaDeg}°`);
  return seen.map((one) => {
    const started = performance.now();
    const { fix } = detect(one, { sigmaDeg, random }, { config, terrain: land.data });
    const ms = performance.now() - started;
    return {
      method: fix.flags === undefined ? fix.method : `${fix.method} (${fix.flags.join(', ')})`,
      inside: isInside(fix, one.fire),
      missM: missM(fix, one.fire),
      semiMajorM: fix.ellipse.semiMajorM,
      ms,
    };
  });
};

export const coverage = (judged: readonly Judged[]): number =>
  percent(judged.filter(({ inside }) => inside).length, judged.length);

/** One row for each method a fix was made by. */
export const rowsByMethod = (report: Report, judged: readonly Judged[]): void => {
  const methods = [...new Set(judged.map(({ method }) => method))].toSorted();
  const groups = methods.map(
    (name) => [name, judged.filter(({ method }) => method === name)] as const,
  );
  report.row(['', 'fixes', 'in ellipse', 'error', 'semi-major']);
  for (const [method, fixes] of [['all', judged] as const, ...groups]) {
    report.row([
      method,
      fixes.length,
      `${coverage(fixes).toFixed(1)} %`,
      `${median(fixes.map((fix) => fix.missM)).toFixed(0)} m`,
      `${median(fixes.map((fix) => fix.semiMajorM)).toFixed(0)} m`,
    ]);
  }
};
