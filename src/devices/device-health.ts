import Type, { type Static } from 'typebox';
import { type ProblemCode, ProblemCodeSchema } from '../shared/health-config.ts';
import { DateTimeSchema } from '../shared/http.ts';

export const HEALTH_STATUSES = [
  'unknown',
  'healthy',
  'suspect',
  'unhealthy',
  'recovering',
] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];
export const HealthStatusSchema = Type.Enum([...HEALTH_STATUSES]);

/** Something wrong with a device, as it is stored: times are RFC 3339. */
export type DeviceProblem = {
  code: ProblemCode;
  since: string;
  /** Of what was measured, in the unit of its limit: seconds, percent, m/s, a level, times. */
  value: number | null;
  limit: number | null;
  /** The gateway that is gone, the maker's code of a health message. */
  detail: string | null;
  /** It has lasted its hold-off. */
  confirmed: boolean;
};

const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

export const DeviceProblemSchema = Type.Object({
  code: ProblemCodeSchema,
  since: DateTimeSchema,
  value: MaybeNumber,
  limit: MaybeNumber,
  detail: Type.Union([Type.String(), Type.Null()]),
  confirmed: Type.Boolean({ description: 'It has lasted its hold-off' }),
  zh: Type.String(),
  en: Type.String(),
});

export const DeviceHealthSchema = Type.Object({
  status: HealthStatusSchema,
  since: Type.Union([DateTimeSchema, Type.Null()]),
  problems: Type.Array(DeviceProblemSchema),
});

export const problemJson = (problem: DeviceProblem): Static<typeof DeviceProblemSchema> => ({
  ...problem,
  ...problemText(problem),
});

type Text = { zh: string; en: string };
type Facts = Pick<DeviceProblem, 'code' | 'value' | 'detail'>;

/** A problem in a few words, as a message has room for. */
export const problemText = ({ code, value, detail }: Facts): Text => TEXTS[code](value, detail);

const figure = (value: number | null): string => (value === null ? '?' : String(value));

const TEXTS: Record<ProblemCode, (value: number | null, detail: string | null) => Text> = {
  never_seen: () => ({ zh: '从未上线', en: 'never seen' }),
  offline: (_, gateway) =>
    gateway === null
      ? { zh: '离线', en: 'offline' }
      : { zh: `网关${gateway}离线`, en: `gateway ${gateway} is offline` },
  stale: () => ({ zh: '无数据', en: 'silent' }),
  flapping: (value) => ({
    zh: `反复掉线${figure(value)}次`,
    en: `lost ${figure(value)} times`,
  }),
  clock_skew: (value) => {
    const seconds = figure(value === null ? null : Math.abs(value));
    return (value ?? 0) < 0
      ? { zh: `时钟快${seconds}秒`, en: `clock ${seconds} s fast` }
      : { zh: `时钟慢${seconds}秒`, en: `clock ${seconds} s slow` };
  },
  stuck_view: () => ({ zh: '云台不转', en: 'does not turn' }),
  same_frame: () => ({ zh: '画面不变', en: 'frozen picture' }),
  battery_low: (value) => ({ zh: `电量${figure(value)}%`, en: `battery ${figure(value)} %` }),
  wind_high: (value) => ({ zh: `风速${figure(value)}米/秒`, en: `wind ${figure(value)} m/s` }),
  rain: () => ({ zh: '有雨', en: 'rain' }),
  hms: (_, code) => ({ zh: `设备告警${code ?? ''}`, en: `alarm ${code ?? ''}`.trim() }),
};
