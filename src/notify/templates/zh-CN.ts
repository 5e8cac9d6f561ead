import type { TakenOverStatus, Template } from './template.ts';

const KINDS = { smoke: '烟雾', flame: '明火', heat: '热点' } as const;

const TAKEN: Record<TakenOverStatus, (by: string) => string> = {
  acknowledged: (by) => `已由${by}接警`,
  verified: (by) => `已由${by}核实`,
  responding: (by) => `已由${by}调度`,
  contained: (by) => `已控制（${by}）`,
  closed: (by) => `已结束（${by}）`,
  dismissed: (by) => `系误报（${by}）`,
};

export const zhCN: Template = {
  sentence: ({ number, kind, level, upgrade, unanswered, place, source, time, lonLat, radius }) =>
    `${unanswered ? '无人接警，' : ''}${upgrade ? '升级：火情' : level === 'strong' ? '火情' : '疑似火情'}${number}：${place}发现${KINDS[kind]}，${time}，来源${source}。经纬度${lonLat}(WGS-84)，误差${radius}。`,
  joinPlace: (names) => names.join(''),
  nowhere: '辖区内',
  metres: (value) => `${value}米`,
  kilometres: (value) => `${value}公里`,
  repeatMark: '重复：',
  replyHints: (code) => [`回复1接警、2误报、0不能到（编号${code}）`, `编号${code}`],
  bundle: ({ incidents, fresh }) =>
    `${incidents.length}起${fresh ? '新火情' : '火情待接警'}：${incidents.map(({ number, place, code }) => `${number}${place}(编号${code})`).join('；')}。带编号回复，如“${incidents[0]?.code ?? ''} 1”接警。`,
  merged: (number) => `火情${number}已并入另一起火情。`,
  askFalseAlarm: ({ number, code }) => `火情${number}：确认是误报，请在10分钟内再回复${code} 2。`,
  askWhich: (incidents) =>
    `现有多起火情，请带编号回复：${incidents.map(({ number, code }) => `${code} 1接警${number}`).join('；')}。`,
  notUnderstood: ({ number, code }) =>
    `火情${number}：请回复${code} 1接警、${code} 2误报、${code} 0不能到。`,
  reportDue: ({ number, by }) => `火情${number}须在${by}前上报，尚未登记上报。`,
  stuck: (number) => `系统告警：火情${number}未按预案通知，请立即人工通知值班人员。`,
  takenOver: ({ number, by, status }) => `火情${number}${TAKEN[status](by)}。`,
};
