import type { Locale } from '../../people/index.ts';

/** The words of the page a link opens. */
export type LinkWords = {
  title: string;
  question: string;
  take: string;
  cannotCome: string;
  falseAlarm: string;
  confirmFalseAlarm: (number: string) => string;
  confirm: string;
  map: string;
  taken: string;
  declined: string;
  dismissed: string;
  givenBefore: string;
  expired: string;
  forged: string;
  instead: string;
  consoleLink: string;
  byCode: string;
};

export const LINK_WORDS: Record<Locale, LinkWords> = {
  'zh-CN': {
    title: '火情答复',
    question: '请答复：',
    take: '1　接警',
    cannotCome: '0　不能到',
    falseAlarm: '2　误报',
    confirmFalseAlarm: (number) => `确认火情${number}是误报吗？`,
    confirm: '确认误报',
    map: '打开地图',
    taken: '已接警，其他人不再收到通知。',
    declined: '已记录您不能到，正在通知下一位。',
    dismissed: '已登记为误报。',
    givenBefore: '您已通过此链接作出该答复，每种答复只能使用一次。',
    expired: '链接已过期（24小时内有效）。',
    forged: '链接无效或不完整。',
    instead: '请登录系统处理、回复短信，或致电值班室。',
    consoleLink: '登录系统',
    byCode:
      '答复火情：直接回复收到的短信，1接警、0不能到、2误报；多起火情时在前面加短信中的三位编号，如“417 1”。',
  },
  en: {
    title: 'Answer a fire alert',
    question: 'Please answer:',
    take: '1  I take it',
    cannotCome: '0  I cannot come',
    falseAlarm: '2  False alarm',
    confirmFalseAlarm: (number) => `Is fire ${number} really a false alarm?`,
    confirm: 'Yes, a false alarm',
    map: 'Open the map',
    taken: 'You have it. Nobody else is called any more.',
    declined: 'Noted that you cannot come. The next person is being told.',
    dismissed: 'Entered as a false alarm.',
    givenBefore: 'You have given this answer by this link already; each works once.',
    expired: 'This link has expired; it was good for 24 hours.',
    forged: 'This link is not valid, or a part of it is missing.',
    instead: 'Log in, reply by SMS, or call the duty room.',
    consoleLink: 'Log in',
    byCode:
      'To answer an alert, reply to its SMS: 1 I take it, 0 I cannot come, 2 false alarm. With several fires put the three digits from the SMS before it: "417 1".',
  },
};
