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

const LEVELS = { review: '疑似火情', strong: '火情' } as const;

/** In figures a voice would read 417 as four hundred and seventeen. */
const spokenDigits = (digits: string): string =>
  digits.replaceAll(/\d/g, (digit) => '零一二三四五六七八九'[Number(digit)] ?? digit);

export const zhCN: Template = {
  kinds: KINDS,
  levels: LEVELS,
  spoken: ({ kind, level, upgrade, unanswered, place, time, radius, code }) => {
    const [hour = '', minute = ''] = time.split(':');
    const what = `${unanswered ? '无人接警，' : ''}${upgrade ? '升级为火情' : LEVELS[level]}`;
    const said = `${what}，编号${spokenDigits(code)}。${place}，${Number(hour)}点${Number(minute)}分发现${KINDS[kind]}，位置误差${radius}。`;
    return `森林火险报警。${said}再说一遍。${said}接警请按1，误报请按2，不能到请按0。`;
  },
  sentence: ({ number, kind, level, upgrade, unanswered, place, source, time, lonLat, radius }) =>
    `${unanswered ? '无人接警，' : ''}${upgrade ? '升级：火情' : level === 'strong' ? '火情' : '疑似火情'}${number}：${place}发现${KINDS[kind]}，${time}，来源${source}。经纬度${lonLat}(WGS-84)，误差${radius}。`,
  doubt: (problem) => `来源设备异常：${problem}。`,
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
  foreignAircraft: ({ number, id, distance, height, operator }) =>
    `不明无人机进入火场空域：火情${number}，距火点${distance}${height === null ? '' : `，高${height}`}，编号${id}。${operator === null ? '' : `操控者经纬度${operator}(WGS-84)。`}`,
  code: ({ code, until }) =>
    `验证码${code}，${until}前有效，可在系统中填写或直接回复，请勿告知他人。`,
  stopped: '已停止向本号码发送短信，火情也不再通知。回复“恢复”或START重新接收。',
  started: '已恢复向本号码发送短信。回复“退订”或TD停止。',
  stoppedOnDuty: ({ name, reachable }) =>
    `${name}正在值班但已退订短信，${reachable ? '只能以其他方式通知' : '火情无法通知到本人'}，请电话联系或换人值班。`,
  dutyGap: ({ place, from, to, coveredAbove, more }) =>
    `${place}${from}${to === null ? '起' : `至${to}`}无人值班${more > 0 ? `，另有${String(more)}处空缺` : ''}，请尽快排班；其间火情通知${coveredAbove ? '上级值班员' : '全体值班人员'}。`,
  stuck: (number) => `系统告警：火情${number}未按预案通知，请立即人工通知值班人员。`,
  takenOver: ({ number, by, status }) => `火情${number}${TAKEN[status](by)}。`,
};
