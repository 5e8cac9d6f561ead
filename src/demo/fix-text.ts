import type { Locale } from './story-text.ts';

/** As much of a fix as the story tells. */
export type StoryFix = {
  lon: number;
  lat: number;
  method: string;
  ellipse: { semiMajorM: number; semiMinorM: number };
  flags?: string[];
  rangeMinM?: number;
};

type Words = Readonly<Record<string, Readonly<Record<Locale, string>>>>;

const METHODS: Words = {
  reported: { 'zh-CN': '来源报位置', en: 'reported by the source' },
  range: { 'zh-CN': '方位加测距', en: 'azimuth and range' },
  terrain: { 'zh-CN': '视线与地形相交', en: 'sight line meets terrain' },
  bearing: { 'zh-CN': '仅有方位', en: 'azimuth only' },
  vicinity: { 'zh-CN': '设备附近', en: 'near the device' },
  intersection: { 'zh-CN': '多塔交会', en: 'crossing of towers' },
  fused: { 'zh-CN': '多源融合', en: 'several kinds of sources' },
};

/** Those that change what a reader does with the fix. */
const FLAGS: Words = {
  no_terrain: { 'zh-CN': '此处无高程数据', en: 'no terrain data here' },
  no_elevation: { 'zh-CN': '没有俯仰角', en: 'no elevation angle' },
  below_ground: { 'zh-CN': '相机登记高度有误', en: "the camera's registered height is wrong" },
  unknown_ground: { 'zh-CN': '视线上有未知地形', en: 'unknown ground on the way' },
  above_ground: { 'zh-CN': '视线未触及地面', en: 'the sight line meets no ground' },
  hidden_base: { 'zh-CN': '火点被山脊遮挡', en: 'base hidden behind a ridge' },
  low_clearance: { 'zh-CN': '视线贴近山脊', en: 'grazes a ridge' },
  narrow_crossing: { 'zh-CN': '交会角过小', en: 'bearings cross at a narrow angle' },
  one_mast: { 'zh-CN': '均来自同一座塔', en: 'all from one tower' },
  inconsistent: { 'zh-CN': '各来源不一致', en: 'the sources disagree' },
  outlier_left_out: { 'zh-CN': '已剔除不符的来源', en: 'a source that does not fit is left out' },
  ambiguous: { 'zh-CN': '可能不止一处火', en: 'may be more than one fire' },
};

/** Metres as people say them: `85 m`, `1.2 km`. */
export const distanceText = (metres: number): string =>
  metres < 1_000 ? `${Math.round(metres)} m` : `${(metres / 1_000).toFixed(1)} km`;

/** `±3.1 km × 90 m (95 %, sight line meets terrain; base hidden behind a ridge: at least 3.2 km)`. */
export const fixText = (fix: StoryFix, locale: Locale): string => {
  const en = locale === 'en';
  const { semiMajorM, semiMinorM } = fix.ellipse;
  const size = `±${distanceText(semiMajorM)} × ${distanceText(semiMinorM)}`;
  const method = METHODS[fix.method]?.[locale] ?? fix.method;
  const flags = (fix.flags ?? []).flatMap((flag) => FLAGS[flag]?.[locale] ?? []);
  const atLeast =
    fix.rangeMinM === undefined
      ? []
      : [`${en ? 'at least ' : '至少 '}${distanceText(fix.rangeMinM)}`];
  const why = [...flags, ...atLeast].join(en ? ', ' : '，');
  if (en) return `${size} (95 %, ${method}${why === '' ? '' : `; ${why}`})`;
  return `${size}（95 %，${method}${why === '' ? '' : `；${why}`}）`;
};
