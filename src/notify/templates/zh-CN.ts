import type { Template } from './template.ts';

const KINDS = { smoke: '烟雾', flame: '明火', heat: '热点' } as const;

export const zhCN: Template = {
  sentence: ({ number, kind, level, upgrade, place, source, time, lonLat, radius }) =>
    `${upgrade ? '升级：火情' : level === 'strong' ? '火情' : '疑似火情'}${number}：${place}发现${KINDS[kind]}，${time}，来源${source}。经纬度${lonLat}(WGS-84)，误差${radius}。`,
  joinPlace: (names) => names.join(''),
  nowhere: '辖区内',
  metres: (value) => `${value}米`,
  kilometres: (value) => `${value}公里`,
  repeatMark: '重复：',
};
