import type { TextInBoth } from '../../telemetry/index.ts';

/** MAV_AUTOPILOT: whose `custom_mode` it is. INVALID is what cameras, gimbals and ground stations say. */
const ARDUPILOT = 3;
const PX4 = 12;
export const NO_AUTOPILOT = 8;

/** MAV_TYPE of what flies ArduPlane's modes: fixed wings and VTOLs; of what flies ArduCopter's: rotors. */
const PLANES = new Set([1, 19, 20, 21, 22, 23, 24, 25]);
const COPTERS = new Set([2, 3, 4, 13, 14, 15, 29, 35, 43]);

type Texts = Readonly<Record<number, readonly [zh: string, en: string]>>;

/** PX4's `px4_custom_mode.h`: main mode in bits 16 to 23, sub mode above. */
const PX4_MAIN: Texts = {
  1: ['手动', 'manual'],
  2: ['定高', 'altitude'],
  3: ['定点', 'position'],
  4: ['自动', 'automatic'],
  5: ['特技', 'acro'],
  6: ['外部控制', 'offboard'],
  7: ['自稳', 'stabilized'],
  10: ['终止飞行', 'flight terminated'],
};
const PX4_AUTO: Texts = {
  1: ['准备就绪', 'ready'],
  2: ['自动起飞', 'automatic take-off'],
  3: ['悬停', 'hold'],
  4: ['航线飞行', 'flying a mission'],
  5: ['自动返航', 'returning home'],
  6: ['自动降落', 'automatic landing'],
  8: ['跟随', 'following'],
  9: ['精准降落', 'precision landing'],
  10: ['垂起起飞', 'VTOL take-off'],
};

/** ardupilotmega.xml, COPTER_MODE. */
const COPTER: Texts = {
  0: ['自稳', 'stabilize'],
  1: ['特技', 'acro'],
  2: ['定高', 'altitude hold'],
  3: ['航线飞行', 'flying a mission'],
  4: ['引导飞行', 'guided'],
  5: ['悬停', 'loiter'],
  6: ['自动返航', 'returning home'],
  7: ['绕圈', 'circling'],
  9: ['自动降落', 'automatic landing'],
  11: ['漂移', 'drift'],
  13: ['运动', 'sport'],
  16: ['定点', 'position hold'],
  17: ['刹停', 'brake'],
  19: ['ADS-B 躲避', 'avoiding other aircraft (ADS-B)'],
  20: ['引导飞行（无 GPS）', 'guided without GPS'],
  21: ['智能返航', 'smart return home'],
  23: ['跟随', 'following'],
  27: ['自动返航', 'automatic return home'],
};

/** ardupilotmega.xml, PLANE_MODE; the Q modes fly on a VTOL's lift rotors. */
const PLANE: Texts = {
  0: ['手动', 'manual'],
  1: ['绕圈', 'circling'],
  2: ['自稳', 'stabilize'],
  5: ['增稳 A', 'fly by wire A'],
  6: ['增稳 B', 'fly by wire B'],
  7: ['巡航', 'cruise'],
  10: ['航线飞行', 'flying a mission'],
  11: ['自动返航', 'returning home'],
  12: ['盘旋', 'loiter'],
  13: ['自动起飞', 'automatic take-off'],
  14: ['ADS-B 躲避', 'avoiding other aircraft (ADS-B)'],
  15: ['引导飞行', 'guided'],
  16: ['启动中', 'initialising'],
  18: ['垂起悬停', 'hovering (VTOL)'],
  19: ['垂起定点', 'loiter (VTOL)'],
  20: ['垂起降落', 'landing (VTOL)'],
  21: ['垂起返航', 'returning home (VTOL)'],
  26: ['自动降落', 'automatic landing'],
};

/** What HEARTBEAT or HIGH_LATENCY2 say of who flies; `customMode` as in HEARTBEAT. */
export type ModeSource = { autopilot: number; type: number; customMode: number };

/** What it is doing, in both languages; a mode without a text keeps its number. */
export const mavlinkMode = (said: ModeSource): TextInBoth & { code: number } => {
  const { customMode: code } = said;
  const [zh, en] = modeTexts(said) ?? [`模式 ${String(code)}`, `mode ${String(code)}`];
  return { code, zh, en };
};

const modeTexts = ({
  autopilot,
  type,
  customMode,
}: ModeSource): readonly [zh: string, en: string] | undefined => {
  if (autopilot === ARDUPILOT) {
    if (PLANES.has(type)) return PLANE[customMode];
    return COPTERS.has(type) ? COPTER[customMode] : undefined;
  }
  if (autopilot !== PX4) return undefined;
  const main = (customMode >>> 16) & 0xff;
  const sub = customMode >>> 24;
  return (main === 4 ? PX4_AUTO[sub] : undefined) ?? PX4_MAIN[main];
};

/** HIGH_LATENCY2 has room for 16 bits of it: PX4 sends the upper ones. */
export const fromHighLatencyMode = (autopilot: number, customMode: number): number =>
  autopilot === PX4 ? customMode * 0x10000 : customMode;

/** MAV_STATE. */
const SYSTEM_STATES: Texts = {
  0: ['未知', 'unknown'],
  1: ['启动中', 'booting'],
  2: ['校准中', 'calibrating'],
  3: ['待飞', 'standing by'],
  4: ['飞行', 'active'],
  5: ['故障保护', 'failsafe'],
  6: ['紧急', 'emergency'],
  7: ['关机中', 'powering off'],
  8: ['终止飞行', 'flight terminated'],
};

/** MAV_LANDED_STATE; 0 is unknown. */
const LANDED_STATES: Texts = {
  1: ['在地面', 'on the ground'],
  2: ['在空中', 'in the air'],
  3: ['起飞', 'taking off'],
  4: ['降落', 'landing'],
};

const textOf = (texts: Texts, code: number): (TextInBoth & { code: number }) | null => {
  const text = texts[code];
  return text === undefined ? null : { code, zh: text[0], en: text[1] };
};

export const systemStateText = (code: number) => textOf(SYSTEM_STATES, code);
export const landedStateText = (code: number) => textOf(LANDED_STATES, code);
