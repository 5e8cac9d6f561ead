import { plainWord } from '../../shared/csv.ts';
import type { DeviceKind, DeviceRegistration } from '../device.ts';

/** The fields of a registration that have a column of their own, `externalId`, and the datum a row's position is in. */
export type Column = Exclude<keyof DeviceRegistration, 'properties'> | 'externalId' | 'datum';

/** Titles besides the field's own name. */
const TITLES: Readonly<Record<Column, readonly string[]>> = {
  id: ['编号', '设备编号', '设备id', '序列号', '设备序列号', 'sn'],
  kind: ['类型', '设备类型', '种类'],
  name: ['名称', '设备名称', '点位名称', '点位'],
  regionId: ['网格', '网格编号', '所属网格', '区域编号'],
  lon: ['经度', 'lng', 'longitude'],
  lat: ['纬度', 'latitude'],
  groundHeightM: ['海拔', '海拔高度', '地面海拔', '地面高程', '高程'],
  mountHeightM: ['挂高', '安装高度', '挂载高度', '架设高度'],
  heightRef: ['高程基准', '高度基准'],
  azimuthOffsetDeg: ['方位角修正', '方位角偏差', '方位修正'],
  tiltOffsetDeg: ['俯仰角修正', '俯仰角偏差', '俯仰修正'],
  azimuthSigmaDeg: ['方位角误差', '方位误差'],
  elevationSigmaDeg: ['俯仰角误差', '俯仰误差'],
  hfovDeg: ['视场角', '水平视场角'],
  focalScale: ['焦距修正', '焦距比例'],
  reports: ['上报方式', '报警方式'],
  gatewayId: ['网关', '网关编号', '所属网关', '所属机场', '机场编号'],
  externalId: ['外部编号', '通道号', '通道编号', '国标编号'],
  datum: ['坐标系', '坐标'],
};

/** What a form calls the field, for messages. */
export const titleOf = (column: Column): string => `${column} (${TITLES[column][0] ?? column})`;

const COLUMN_BY_TITLE = new Map<string, Column>(
  (Object.keys(TITLES) as Column[]).flatMap((column) =>
    [column, ...TITLES[column]].map((title) => [plainWord(title), column] as const),
  ),
);

/** Undefined for a title we do not know: its cells are kept as properties. */
export const columnOf = (title: string): Column | undefined =>
  COLUMN_BY_TITLE.get(plainWord(title));

export const NUMBERS: ReadonlySet<string> = new Set<Column>([
  'lon',
  'lat',
  'groundHeightM',
  'mountHeightM',
  'azimuthOffsetDeg',
  'tiltOffsetDeg',
  'azimuthSigmaDeg',
  'elevationSigmaDeg',
  'hfovDeg',
  'focalScale',
]);

const KIND_WORDS: Readonly<Record<string, DeviceKind>> = {
  摄像头: 'camera',
  摄像机: 'camera',
  云台摄像机: 'camera',
  云台: 'camera',
  球机: 'camera',
  无人机: 'drone',
  飞行器: 'drone',
  机场: 'dock',
  机库: 'dock',
  遥控器: 'dock',
  网关: 'gateway',
  录像机: 'gateway',
  平台: 'gateway',
  卫星: 'satellite',
  护林员: 'ranger',
  接警: 'caller',
};

/** Words of a column that takes one of a few; others are left to the schema, which names what it takes. */
export const WORDS: Partial<Readonly<Record<string, Readonly<Record<string, string>>>>> = {
  kind: KIND_WORDS,
  heightRef: { 海拔: 'msl', 椭球: 'ellipsoid', 椭球高: 'ellipsoid', 大地高: 'ellipsoid' },
  reports: { 报警: 'alarms', 告警: 'alarms', 逐帧: 'frames' },
};

export type Datum = 'wgs84' | 'gcj02';

/** CGCS2000 lies within a decimetre of WGS-84. */
const DATUMS: Readonly<Record<string, Datum>> = {
  'wgs-84': 'wgs84',
  wgs84: 'wgs84',
  cgcs2000: 'wgs84',
  gcj02: 'gcj02',
  'gcj-02': 'gcj02',
  火星: 'gcj02',
  高德: 'gcj02',
  腾讯: 'gcj02',
};

export const datumOf = (text: string): Datum | undefined =>
  DATUMS[plainWord(text).replace(/坐标系?$/, '')];
