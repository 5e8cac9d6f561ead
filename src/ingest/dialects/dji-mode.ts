import type { TextInBoth } from '../../telemetry/index.ts';

/** Both speak the Cloud API; their mode codes part ways above 16. */
export type DjiMaker = 'dji' | 'autel';

/** `mode_code` of an aircraft, DJI Cloud API v1.11; Autel's are the same up to 16. */
const AIRCRAFT_MODES: readonly TextInBoth[] = [
  { zh: '待机', en: 'standby' },
  { zh: '起飞准备', en: 'preparing for take-off' },
  { zh: '起飞准备完毕', en: 'ready for take-off' },
  { zh: '手动飞行', en: 'manual flight' },
  { zh: '自动起飞', en: 'automatic take-off' },
  { zh: '航线飞行', en: 'flying a wayline' },
  { zh: '全景拍照', en: 'taking a panorama' },
  { zh: '智能跟随', en: 'tracking' },
  { zh: 'ADS-B 躲避', en: 'avoiding other aircraft (ADS-B)' },
  { zh: '自动返航', en: 'returning home' },
  { zh: '自动降落', en: 'automatic landing' },
  { zh: '强制降落', en: 'forced landing' },
  { zh: '三桨叶降落', en: 'landing on three propellers' },
  { zh: '升级中', en: 'upgrading' },
  { zh: '未连接', en: 'not connected' },
  { zh: 'APAS 避障', en: 'avoiding obstacles (APAS)' },
  { zh: '虚拟摇杆', en: 'virtual stick' },
];

const DJI_MODES: Readonly<Record<number, TextInBoth>> = {
  17: { zh: '指令飞行', en: 'live flight controls' },
  18: { zh: '空中 RTK 收敛', en: 'fixing RTK in the air' },
  19: { zh: '机场选址中', en: 'choosing a site for the dock' },
  20: { zh: 'POI 环绕', en: 'circling a point' },
};

/** Those that Autel's reference platform names; of 17 to 20 its papers say different things, so they have no text. */
const AUTEL_MODES: Readonly<Record<number, TextInBoth>> = {
  37: { zh: '指点飞行', en: 'flying to a point' },
  39: { zh: '航线飞行（KML）', en: 'flying a KML route' },
};

/** `mode_code` of a dock. */
const DOCK_MODES: readonly TextInBoth[] = [
  { zh: '空闲', en: 'idle' },
  { zh: '现场调试', en: 'on-site debugging' },
  { zh: '远程调试', en: 'remote debugging' },
  { zh: '固件升级中', en: 'upgrading' },
  { zh: '作业中', en: 'working' },
  { zh: '待标定', en: 'to be calibrated' },
];

/** What a mode code says, in both languages; one that is not known keeps its number. Null for what is no code. */
export const modeText = (
  code: unknown,
  device: 'aircraft' | 'dock',
  maker: DjiMaker,
): (TextInBoth & { code: number }) | null => {
  if (typeof code !== 'number' || !Number.isInteger(code)) return null;
  const own = maker === 'autel' ? AUTEL_MODES : DJI_MODES;
  const text = device === 'dock' ? DOCK_MODES[code] : (AIRCRAFT_MODES[code] ?? own[code]);
  return { code, ...(text ?? { zh: `模式 ${String(code)}`, en: `mode ${String(code)}` }) };
};

/** Levels of a health message (HMS). */
const HMS_LEVELS: readonly TextInBoth[] = [
  { zh: '通知', en: 'notification' },
  { zh: '提醒', en: 'reminder' },
  { zh: '警告', en: 'warning' },
];

export const hmsLevelText = (level: number): TextInBoth =>
  HMS_LEVELS[level] ?? { zh: `级别 ${String(level)}`, en: `level ${String(level)}` };

/** Autel numbers its types from 10000 up: EVO Max 0-11000-0, its docks 3-30000-0 to 3-30002-0. */
const AUTEL_TYPES_FROM = 10_000;

/** Whose dialect a device speaks: what was registered (`maker`), else what its model key tells. */
export const djiMaker = (properties: Readonly<Record<string, unknown>>): DjiMaker => {
  const { maker, modelKey } = properties;
  if (typeof maker === 'string') return maker.toLowerCase() === 'autel' ? 'autel' : 'dji';
  const type = typeof modelKey === 'string' ? Number(modelKey.split('-')[1]) : Number.NaN;
  return type >= AUTEL_TYPES_FROM ? 'autel' : 'dji';
};
