import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import { distanceText, fixText, type StoryFix } from './fix-text.ts';

export type Locale = 'zh-CN' | 'en';

/** As much of an incident as the story tells. */
export type StoryIncident = {
  number: string;
  status: string;
  confidence: number;
  alertLevel: string;
  fix: StoryFix;
  detectionCount: number;
  sources: string[];
};

export type NearbyItem = { kind: string; name: string; distanceM: number; azimuthDeg: number };
export type StoryMessage = { channel: string; address: string; text: string };

const WINDS = {
  'zh-CN': ['北', '东北', '东', '东南', '南', '西南', '西', '西北'],
  en: ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'],
} as const;

/** In the order a dispatcher asks for them. */
const KINDS: Readonly<Record<string, { 'zh-CN': string; en: string }>> = {
  water: { 'zh-CN': '水源', en: 'water' },
  crew: { 'zh-CN': '扑火队', en: 'crew' },
  ranger: { 'zh-CN': '护林员', en: 'ranger' },
  grid_member: { 'zh-CN': '网格员', en: 'grid member' },
  vehicle: { 'zh-CN': '消防车', en: 'fire truck' },
  equipment: { 'zh-CN': '装备', en: 'equipment' },
  firebreak: { 'zh-CN': '防火隔离带', en: 'firebreak' },
  shelter: { 'zh-CN': '避难场所', en: 'shelter' },
  warehouse: { 'zh-CN': '物资库', en: 'warehouse' },
  helipad: { 'zh-CN': '起降点', en: 'helipad' },
};

const LEVELS: Readonly<Record<string, { 'zh-CN': string; en: string }>> = {
  none: { 'zh-CN': '仅列出', en: 'listed only' },
  review: { 'zh-CN': '疑似', en: 'possible' },
  strong: { 'zh-CN': '火情', en: 'strong' },
};

export const windText = (azimuthDeg: number, locale: Locale): string =>
  WINDS[locale][Math.round(azimuthDeg / 45) % 8] ?? '';

export const coordinatesText = ([lon, lat]: LonLat): string =>
  `${lon.toFixed(5)}°E ${lat.toFixed(5)}°N`;

const STATUSES: Readonly<Record<string, string>> = {
  reported: '待确认',
  acknowledged: '已接警',
  verified: '已核实',
  responding: '处置中',
  contained: '已控制',
  closed: '已结束',
  dismissed: '误报',
  merged: '已合并',
};

/** `possible, 29 %`: how it is told to people, and how probable it is. */
const levelText = ({ alertLevel, confidence }: StoryIncident, locale: Locale): string => {
  const level = LEVELS[alertLevel]?.[locale] ?? alertLevel;
  return `${level}${locale === 'en' ? ', ' : '，'}${Math.round(confidence * 100)} %`;
};

/** Distance from the fix to the fire, which only the demo knows. */
export const missM = ({ fix }: StoryIncident, fire: LonLat): number =>
  geodesicInverse([fix.lon, fix.lat], fire).distanceM;

export type StoryContext = {
  locale: Locale;
  fire: LonLat;
  /** Name of a place; undefined outside the county. */
  placeAt: (at: LonLat) => string | undefined;
  sourceName: (deviceId: string) => string;
};

const RULE = '━━━━━━━━';

/** The incident the moment it opens. */
export const incidentText = (incident: StoryIncident, context: StoryContext): string => {
  const { locale, fire, placeAt, sourceName } = context;
  const at: LonLat = [incident.fix.lon, incident.fix.lat];
  const place = placeAt(at) ?? (locale === 'en' ? 'outside the county' : '县界外');
  const sources = incident.sources.map(sourceName).join(locale === 'en' ? ', ' : '、');
  const miss = distanceText(missM(incident, fire));
  const rows: [string, string][] =
    locale === 'en'
      ? [
          ['Place', `${place}  ${coordinatesText(at)}`],
          ['Level', levelText(incident, locale)],
          ['Fix', fixText(incident.fix, locale)],
          ['Sources', sources],
          ['Off by', `${miss} from the true fire`],
        ]
      : [
          ['地点', `${place}  ${coordinatesText(at)}`],
          ['级别', levelText(incident, locale)],
          ['定位', fixText(incident.fix, locale)],
          ['来源', sources],
          ['偏差', `距真实火点 ${miss}`],
        ];
  const title = locale === 'en' ? 'Incident' : '火情';
  return [`${RULE} ${title} ${incident.number} ${RULE}`, ...rows.map(rowText)].join('\n');
};

const rowText = ([label, text]: [string, string]): string => `  ${label}  ${text}`;

/** What changed, in one line. */
export const changeText = (incident: StoryIncident, { locale, fire }: StoryContext): string => {
  const miss = distanceText(missM(incident, fire));
  const fix = fixText(incident.fix, locale);
  const level = levelText(incident, locale);
  const { number, status, detectionCount, sources } = incident;
  return locale === 'en'
    ? `${number} ${status}, ${level}: ${detectionCount} detections from ${sources.length} sources, fix ${fix}, ${miss} from the true fire`
    : `${number} ${STATUSES[status] ?? status}，${level}：${sources.length} 个来源 ${detectionCount} 次告警，定位 ${fix}，距真实火点 ${miss}`;
};

/** Told as possible before, now strong: people are told again. */
export const upgradeText = (incident: StoryIncident, locale: Locale): string => {
  const { number, sources } = incident;
  return locale === 'en'
    ? `▲ ${number} is upgraded to strong: ${sources.length} sources agree (${levelText(incident, locale)})`
    : `▲ ${number} 升级为火情：${sources.length} 个来源相互印证（${levelText(incident, locale)}）`;
};

/** The nearest of each kind, a line a kind. */
export const nearbyText = (
  number: string,
  items: readonly NearbyItem[],
  locale: Locale,
): string => {
  const lines = new Map<string, string[]>();
  for (const { kind, name, distanceM, azimuthDeg } of items) {
    const line = lines.get(kind) ?? [];
    line.push(`${name} ${distanceText(distanceM)} ${windText(azimuthDeg, locale)}`);
    lines.set(kind, line);
  }
  const title = locale === 'en' ? `Nearby ${number}` : `附近 ${number}`;
  const order = Object.keys(KINDS);
  const rank = (kind: string): number =>
    order.includes(kind) ? order.indexOf(kind) : order.length;
  const ranked = [...lines].sort(([a], [b]) => rank(a) - rank(b));
  const rows = ranked.map(([kind, found]) =>
    rowText([KINDS[kind]?.[locale] ?? kind, found.join(locale === 'en' ? '; ' : '；')]),
  );
  return [title, ...rows].join('\n');
};

/** What was sent to whom; each text once. */
export const messagesText = (
  number: string,
  messages: readonly StoryMessage[],
  locale: Locale,
): string => {
  const byText = new Map<string, string[]>();
  for (const { channel, address, text } of messages) {
    if (channel !== 'sms') continue;
    byText.set(text, [...(byText.get(text) ?? []), address]);
  }
  const title = locale === 'en' ? `SMS ${number}` : `短信 ${number}`;
  const rows = [...byText].map(([text, addresses]) => `  → ${addresses.join(', ')}\n    ${text}`);
  return [title, ...rows].join('\n');
};
