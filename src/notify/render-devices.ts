import { problemText } from '../devices/index.ts';
import type { DaySummary, DeviceNews } from '../health/index.ts';
import type { Locale } from '../people/index.ts';
import { localDay, localTime } from '../shared/local-time.ts';
import { oneLine, shorten } from './fit-text.ts';

type Room = { signature: string; maxLength: number };

/** Of a device, in a list of many. */
const MAX_NAME = 20;
/** Nobody reads further. */
const MAX_LISTED = 200;

type Words = {
  separator: string;
  problem: (name: string, problems: readonly string[]) => string;
  /** Of a gateway: how many cameras are gone with it. */
  withBehind: (item: string, count: number) => string;
  since: (item: string, at: string) => string;
  more: (list: string, total: number) => string;
  unhealthy: (count: number, list: string) => string;
  recovered: (count: number, list: string) => string;
  counts: (day: string, counts: Counts) => string;
  worst: (list: string) => string;
};
type Counts = { all: number; well: number; unwell: number; unknown: number };

const WORDS: Record<Locale, Words> = {
  'zh-CN': {
    separator: '、',
    problem: (name, problems) => `${name}${problems.join('，')}`,
    withBehind: (item, count) => `${item}（其下${String(count)}台）`,
    since: (item, at) => `${item}(${at}起)`,
    more: (list, total) => `${list}等${String(total)}台`,
    unhealthy: (count, list) => `设备异常${String(count)}台${list === '' ? '' : `：${list}`}。`,
    recovered: (count, list) => `设备恢复${String(count)}台${list === '' ? '' : `：${list}`}。`,
    counts: (day, { all, well, unwell, unknown }) =>
      `设备日报${day}：共${String(all)}台，正常${String(well)}，异常${String(unwell)}，未知${String(unknown)}。`,
    worst: (list) => `昨日可用率最低：${list}。`,
  },
  en: {
    separator: '; ',
    problem: (name, problems) => `${name} ${problems.join(', ')}`,
    withBehind: (item, count) => `${item} (with ${String(count)} behind it)`,
    since: (item, at) => `${item} (since ${at})`,
    more: (list, total) => `${list}; ${String(total)} in all`,
    unhealthy: (count, list) => `${String(count)} not well${list === '' ? '' : `: ${list}`}. `,
    recovered: (count, list) => `${String(count)} well again${list === '' ? '' : `: ${list}`}. `,
    counts: (day, { all, well, unwell, unknown }) =>
      `Devices ${day}: ${String(all)}, ${String(well)} well, ${String(unwell)} not, ${String(unknown)} unknown. `,
    worst: (list) => `Least there yesterday: ${list}.`,
  },
};

/** What has come over devices, in one message: as many by name as fit, of the others their number. */
export const renderDeviceNews = (
  news: readonly DeviceNews[],
  locale: Locale,
  { signature, maxLength }: Room,
): string => {
  const words = WORDS[locale];
  const unwell = news.filter((one) => one.news === 'unhealthy');
  const well = news.filter((one) => one.news === 'recovered').map(({ name }) => nameOf(name));
  const gone = new Set(unwell.map(({ id }) => id));
  // Cameras that are gone with their gateway are its news.
  const isBehind = ({ gatewayId, problems }: DeviceNews): boolean =>
    gatewayId !== null &&
    gone.has(gatewayId) &&
    problems.every(({ code, detail }) => code === 'offline' && detail === gatewayId);
  const items = unwell
    .filter((one) => !isBehind(one))
    .map((one) => {
      const item = words.problem(nameOf(one.name), textsOf(one, locale));
      const behind = unwell.filter((other) => other.gatewayId === one.id && isBehind(other)).length;
      return behind === 0 ? item : words.withBehind(item, behind);
    });
  return fitting(maxLength, (shown) => {
    const texts = [
      unwell.length === 0
        ? ''
        : words.unhealthy(unwell.length, listOf(items, { shown, total: unwell.length, words })),
      well.length === 0
        ? ''
        : words.recovered(well.length, listOf(well, { shown, total: well.length, words })),
    ];
    return signature + texts.join('').trim();
  });
};

/** How all devices are: counts, those that are not well with since when, and which was least there yesterday. */
export const renderDeviceSummary = (
  { day, devices, yesterday }: DaySummary,
  locale: Locale,
  { signature, maxLength, timeZone }: Room & { timeZone: string },
): string => {
  const words = WORDS[locale];
  const local = (at: Date): string =>
    `${localDay(at, timeZone).slice(5)} ${localTime(at, timeZone)}`;
  const unwell = devices.filter(({ status }) => status === 'unhealthy');
  const unknown = devices.filter(({ status }) => status === 'unknown').length;
  const counts = {
    all: devices.length,
    well: devices.length - unwell.length - unknown,
    unwell: unwell.length,
    unknown,
  };
  const items = unwell.map((device) => {
    const [first] = device.problems;
    const since = first === undefined ? device.since : new Date(first.since);
    return words.since(words.problem(nameOf(device.name), textsOf(device, locale)), local(since));
  });
  const worst = yesterday.map(({ name, availability }) => {
    // 99.96 % is not all of it.
    const percent = Math.min(Math.floor(availability * 1000) / 10, 99.9);
    return `${nameOf(name)} ${percent.toFixed(1)}%`;
  });
  return fitting(maxLength, (shown) => {
    const list = listOf(items, { shown, total: unwell.length, words });
    const least = worst.slice(0, Math.min(shown, 3)).join(words.separator);
    const texts = [
      words.counts(day.slice(5), counts),
      list === '' ? '' : words.unhealthy(unwell.length, list),
      least === '' ? '' : words.worst(least),
    ];
    return signature + texts.join('').trim();
  });
};

const nameOf = (name: string): string => shorten(oneLine(name), MAX_NAME);

const textsOf = ({ problems }: Pick<DeviceNews, 'problems'>, locale: Locale): string[] =>
  problems.map((problem) => {
    const { zh, en } = problemText(problem);
    return oneLine(locale === 'en' ? en : zh);
  });

const listOf = (
  items: readonly string[],
  { shown, total, words }: { shown: number; total: number; words: Words },
): string => {
  const list = items.slice(0, shown).join(words.separator);
  return list === '' || shown >= items.length ? list : words.more(list, total);
};

/** The text with as many items of each list as there is room for. */
const fitting = (maxLength: number, compose: (shown: number) => string): string => {
  for (let shown = MAX_LISTED; shown > 0; shown--) {
    const text = compose(shown);
    if (text.length <= maxLength) return text;
  }
  return shorten(compose(0), maxLength);
};
