// `npm run accuracy:figure`: draws docs/figures/fix.svg from the demo county and the estimator as they are.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planeAt } from '../../src/locate/plane.ts';
import { loadCountyConfig } from '../../src/shared/county-config.ts';
import type { Fix, LonLat } from '../../src/shared/geo.ts';
import { curvatureDropM, profile } from '../../src/terrain/index.ts';
import { type FigureScene, findScene } from './figure-scene.ts';
import { demoLand, type Land } from './land.ts';

const ROOT = join(import.meta.dirname, '../..');
const WIDTH = 880;
const PROFILE = { top: 80, height: 170, left: 48, right: 832 };
const PLAN = { top: 345, height: 300, left: 48, right: 832 };
const HEIGHT = 695;
const SMOKE_M = 120;

const STYLE = `
  text { font: 13px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .small { font-size: 12px; fill: #57606a }
  .ground { fill: #8c959f40; stroke: #57606a; stroke-width: 1.5 }
  .hidden { fill: none; stroke: #cf222e; stroke-width: 3.5 }
  .sight { stroke: #0969da; stroke-width: 1.5; fill: none }
  .beyond { stroke-dasharray: 5 4 }
  .mast { stroke: #24292f; stroke-width: 2.5 }
  .smoke { fill: #6e778180 }
  .one { fill: #cf222e1c; stroke: #cf222e; stroke-width: 1.8 }
  .two { fill: #bf870030; stroke: #9a6700; stroke-width: 1.8 }
  .three { fill: #1a7f3740; stroke: #1a7f37; stroke-width: 2 }
  .t1 { fill: #cf222e } .t2 { fill: #9a6700 } .t3 { fill: #1a7f37 }
  .fire { stroke: #24292f; stroke-width: 2.2; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 }
    .ground { fill: #9198a130; stroke: #9198a1 }
    .sight { stroke: #58a6ff } .mast, .fire { stroke: #e6edf3 }
    .smoke { fill: #9198a190 }
    .hidden, .one { stroke: #ff7b72 } .two { stroke: #e3b341 } .three { stroke: #3fb950 }
    .t1 { fill: #ff7b72 } .t2 { fill: #e3b341 } .t3 { fill: #3fb950 }
  }`;

const n = (value: number): string => value.toFixed(1);
const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${n(x)}" y="${n(y)}"${attributes === '' ? '' : ` ${attributes}`}>${content}</text>`;
const line = (
  from: readonly [number, number],
  to: readonly [number, number],
  kind: string,
): string =>
  `<line x1="${n(from[0])}" y1="${n(from[1])}" x2="${n(to[0])}" y2="${n(to[1])}" class="${kind}"/>`;

/** The ground along the first camera's true azimuth, curvature taken off so that light runs straight. */
const drawProfile = ({ seen: [{ eye, view }] }: FigureScene, land: Land): string => {
  const reachM = view.distanceM * 1.25;
  const { groundM, angleDeg, stepM } = profile(land.data, eye, view.azimuthDeg, {
    maxRangeM: reachM,
    stepM: 30,
  });
  const apparent = [...groundM].map((h, i) => h - curvatureDropM((i + 1) * stepM));
  const footM = land.data.elevationM(eye.lon, eye.lat);
  const [low, high] = [Math.min(footM, ...apparent) - 15, Math.max(eye.heightM, ...apparent) + 25];
  const x = (rangeM: number): number =>
    PROFILE.left + ((PROFILE.right - PROFILE.left) * rangeM) / reachM;
  const bottom = PROFILE.top + PROFILE.height;
  const y = (heightM: number): number => bottom - (PROFILE.height * (heightM - low)) / (high - low);
  const point = (i: number): string => `${n(x((i + 1) * stepM))},${n(y(apparent[i] ?? footM))}`;
  const outline = [`${n(x(0))},${n(y(footM))}`, ...apparent.map((_, i) => point(i))];

  // Where a fire shows its smoke but not its base: every stretch below the horizon before it.
  const hidden: string[][] = [];
  let horizon = Number.NEGATIVE_INFINITY;
  let ridge = 0;
  for (const [i, angle] of angleDeg.entries()) {
    const behind = angle < horizon;
    if (!behind) horizon = angle;
    if (!behind && (i + 1) * stepM < view.distanceM) ridge = i;
    // Only beyond the ridge the sight line touches: ground nearer than that shows its smoke lower down.
    if (!behind && (i + 1) * stepM < view.distanceM) hidden.length = 0;
    if (behind && (i === 0 || hidden.length === 0 || hidden.at(-1)?.at(-1) !== point(i - 1)))
      hidden.push([]);
    if (behind) hidden.at(-1)?.push(point(i));
  }
  const slope = Math.tan((view.elevationDeg * Math.PI) / 180);
  const ridgeM = (ridge + 1) * stepM;
  const fireY = y(apparent[Math.round(view.distanceM / stepM) - 1] ?? footM);
  const smokeTop = fireY - (PROFILE.height * SMOKE_M) / (high - low);
  const fireX = x(view.distanceM);
  const sightY = y(eye.heightM + slope * view.distanceM);
  return [
    text(
      PROFILE.left,
      24,
      'One camera sees smoke over a ridge: the fire may be anywhere on the red ground',
      'class="title"',
    ),
    text(
      PROFILE.left,
      43,
      '单台摄像机:看到山脊后升起的烟,火点可能在红色地面的任何位置',
      'class="small"',
    ),
    `<polygon class="ground" points="${outline.join(' ')} ${n(x(reachM))},${n(bottom)} ${n(x(0))},${n(bottom)}"/>`,
    ...hidden
      .filter((part) => part.length > 1)
      .map((part) => `<polyline class="hidden" points="${part.join(' ')}"/>`),
    `<path class="smoke" d="M${n(fireX - 2)},${n(fireY)} L${n(fireX + 2)},${n(fireY)} L${n(fireX + 12)},${n(smokeTop)} Q${n(fireX)},${n(smokeTop - 8)} ${n(fireX - 12)},${n(smokeTop)} Z"/>`,
    line([x(0), y(footM)], [x(0), y(eye.heightM)], 'mast'),
    line([x(0), y(eye.heightM)], [x(ridgeM), y(eye.heightM + slope * ridgeM)], 'sight'),
    line(
      [x(ridgeM), y(eye.heightM + slope * ridgeM)],
      [
        fireX + 40,
        y(eye.heightM + slope * (view.distanceM + (40 * reachM) / (PROFILE.right - PROFILE.left))),
      ],
      'sight beyond',
    ),
    cross(fireX, fireY),
    text(x(0) - 4, y(eye.heightM) - 16, 'camera 摄像机'),
    text(x(ridgeM) - 8, y(eye.heightM + slope * ridgeM) + 46, 'ridge 山脊', 'text-anchor="end"'),
    text(fireX + 16, Math.min(smokeTop, sightY) + 6, 'smoke 烟'),
    text(fireX, fireY + 26, 'fire 火点', 'text-anchor="middle"'),
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
      .filter((km) => km * 1_000 <= reachM)
      .map((km) =>
        text(
          x(km * 1_000),
          bottom + 18,
          km === 0 ? '0' : `${km} km`,
          'class="small" text-anchor="middle"',
        ),
      ),
  ].join('\n  ');
};

const cross = (x: number, y: number): string =>
  `<path class="fire" d="M${n(x - 5)},${n(y - 5)}l10,10m0,-10l-10,10"/>`;

/** The map around the fire, north up, with the ellipse as each camera joins. */
const drawPlan = ({ seen, fixes, fire }: FigureScene): string => {
  const [first] = fixes;
  const plane = planeAt([first.lon, first.lat]);
  // Turned so that the first camera's sight line runs from left to right: the ellipse is long.
  const turn = ((first.ellipse.orientationDeg - 90) * Math.PI) / 180;
  const forward =
    Math.cos(((seen[0].view.azimuthDeg - first.ellipse.orientationDeg) * Math.PI) / 180) < 0
      ? Math.PI
      : 0;
  const spanM = 2.5 * first.ellipse.semiMajorM;
  const scale = (PLAN.right - PLAN.left) / spanM;
  const middle = [(PLAN.left + PLAN.right) / 2, PLAN.top + PLAN.height / 2] as const;
  const at = (place: LonLat): [number, number] => {
    const { eastM, northM } = plane.toPlane(place);
    const angle = turn + forward;
    return [
      middle[0] + scale * (eastM * Math.cos(angle) - northM * Math.sin(angle)),
      middle[1] - scale * (eastM * Math.sin(angle) + northM * Math.cos(angle)),
    ];
  };
  const ellipse = ({ lon, lat, ellipse: e }: Fix, kind: string): string => {
    const [x, y] = at([lon, lat]);
    const degrees = e.orientationDeg - 90 - ((turn + forward) * 180) / Math.PI;
    return `<ellipse class="${kind}" cx="${n(x)}" cy="${n(y)}" rx="${n(scale * e.semiMajorM)}" ry="${n(scale * e.semiMinorM)}" transform="rotate(${n(degrees)} ${n(x)} ${n(y)})"/>`;
  };
  const [fx, fy] = at(fire);
  const km = 1_000 * scale;
  const metres = (value: number): string =>
    value < 1_000 ? `${Math.round(value / 10) * 10} m` : `${(value / 1_000).toFixed(1)} km`;
  const size = ({ ellipse: e }: Fix): string =>
    `± ${metres(e.semiMajorM)} × ${metres(e.semiMinorM)}`;
  const bottom = PLAN.top + PLAN.height;
  const north = -(turn + forward);
  const [nx, ny] = [PLAN.right - 20, PLAN.top + 30];
  return [
    text(
      PLAN.left,
      PLAN.top - 32,
      'Seen from above: a second and a third camera join, and the 95 % ellipse shrinks',
      'class="title"',
    ),
    text(
      PLAN.left,
      PLAN.top - 13,
      '俯视:第二、第三台摄像机与第一台交会,95 % 误差椭圆逐次缩小',
      'class="small"',
    ),
    `<clipPath id="plan"><rect x="${PLAN.left}" y="${PLAN.top}" width="${PLAN.right - PLAN.left}" height="${PLAN.height}"/></clipPath>`,
    '<g clip-path="url(#plan)">',
    ellipse(fixes[0], 'one'),
    ...seen.map(({ eye }) => line(at([eye.lon, eye.lat]), [fx, fy], 'sight')),
    ellipse(fixes[1], 'two'),
    ellipse(fixes[2], 'three'),
    cross(fx, fy),
    '</g>',
    line(
      [nx - 14 * Math.sin(north), ny + 14 * Math.cos(north)],
      [nx + 14 * Math.sin(north), ny - 14 * Math.cos(north)],
      'mast',
    ),
    text(
      nx + 24 * Math.sin(north),
      ny - 24 * Math.cos(north) + 5,
      'N',
      'text-anchor="middle" class="small"',
    ),
    line([PLAN.right - km, bottom - 6], [PLAN.right, bottom - 6], 'mast'),
    text(PLAN.right - km / 2, bottom - 13, '1 km', 'class="small" text-anchor="middle"'),
    ...fixes.map((fix, i) =>
      text(
        PLAN.left,
        bottom - 44 + 20 * i,
        `${['one camera 一台', 'two cameras 两台', 'three cameras 三台'][i] ?? ''}: ${size(fix)}`,
        `class="t${i + 1}"`,
      ),
    ),
    text(
      PLAN.left,
      bottom + 34,
      'Demo county, cameras with σ 0.5° in both angles; sight lines drawn to the true fire (×). 演示县;视线指向真实火点(×)。',
      'class="small"',
    ),
  ].join('\n  ');
};

const { locate: config } = await loadCountyConfig(join(ROOT, 'config'));
const land = demoLand(1);
const scene = findScene(land, config);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="How a fix is made: one camera behind a ridge, then two and three">
  <style>${STYLE}
  </style>
  ${drawProfile(scene, land)}
  ${drawPlan(scene)}
</svg>
`;
await mkdir(join(ROOT, 'docs/figures'), { recursive: true });
await writeFile(join(ROOT, 'docs/figures/fix.svg'), svg);
