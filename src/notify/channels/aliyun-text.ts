import type { Locale } from '../../people/index.ts';
import {
  ALIYUN_MAX_UNITS,
  ALIYUN_VARIABLES,
  type AliyunTemplate,
  type AliyunTemplates,
  type AliyunVariable,
  PLACEHOLDER,
} from '../../shared/aliyun-config.ts';
import { type AlertWords, wordsOf } from '../alert-words.ts';
import { oneLine, shorten } from '../fit-text.ts';
import { repeatMarkOf } from '../repeat-mark.ts';
import type { OutgoingMessage } from './channel.ts';

type Said = Pick<OutgoingMessage, 'text' | 'payload' | 'repeat' | 'locale'>;

/**
 * The templates a message may go by: those of its kind, in the person's language where there are some. Empty when Aliyun
 * cannot say it.
 */
export const templatesFor = (templates: AliyunTemplates, message: Said): AliyunTemplate[] => {
  const type = message.payload['type'];
  const own = isUse(type, templates) ? templates[type] : undefined;
  const special =
    message.repeat && templates.repeat !== undefined
      ? templates.repeat
      : message.payload['unanswered'] === true
        ? templates.unanswered
        : message.payload['upgrade'] === true
          ? templates.upgrade
          : undefined;
  const candidates = (type === 'alert' ? special : undefined) ?? own ?? [];
  const inLocale = candidates.filter(({ locale }) => (locale ?? message.locale) === message.locale);
  return inLocale.length > 0 ? inLocale : candidates;
};

const isUse = (type: unknown, templates: AliyunTemplates): type is keyof AliyunTemplates =>
  typeof type === 'string' && Object.hasOwn(templates, type);

/** From these the room for the others is taken, in this order; none gets shorter than this. */
const MAY_GIVE_WAY: readonly AliyunVariable[] = ['place', 'source', 'text', 'by'];
const MIN_LENGTH = 4;

/**
 * The values of a template's variables by Aliyun's rules: none empty, none longer than `maxLength`, no links, no 【】, and the
 * whole with the signature in two SMS. A repeat without a template of its own says so in its first variable.
 */
export const templateParams = (
  template: AliyunTemplate,
  message: Said,
  options: { signName: string; maxLength: number; timeZone: string },
): Record<string, string> => {
  const names = namesIn(template.text);
  const words = wordsFor(message, options.timeZone);
  const params = new Map<AliyunVariable, string>();
  for (const name of names) params.set(name, fit(words[name], options.maxLength, message.locale));
  if (message.repeat) markRepeat(params, message.locale, options.maxLength);
  const signName = template.signName ?? options.signName;
  for (const name of MAY_GIVE_WAY) {
    const over = lengthWith(template.text, params, signName) - ALIYUN_MAX_UNITS;
    const value = params.get(name);
    if (over <= 0) break;
    if (value !== undefined) {
      params.set(name, shorten(value, Math.max(value.length - over, MIN_LENGTH)));
    }
  }
  return Object.fromEntries(params);
};

const namesIn = (text: string): AliyunVariable[] => {
  const found = [...text.matchAll(PLACEHOLDER)].map(([, name]) => name);
  return ALIYUN_VARIABLES.filter((name) => found.includes(name));
};

const wordsFor = (
  { text, payload, locale }: Said,
  timeZone: string,
): AlertWords & { text: string; code: string; by: string } => {
  const said = (key: string): string => {
    const value = payload[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    ...wordsOf(payload, locale, timeZone),
    code: said('code'),
    by: said('by'),
    // Aliyun puts its own signature in front.
    text: text.replace(/^【[^】]*】/, ''),
  };
};

/** As far as it is ASCII: what follows it without a blank is no part of it. */
const LINK = /(?:[a-z]*:\/\/|www\.)[!-~]*/gi;
/** Read as a link by carriers: letters, a dot, letters. */
const DOMAIN_DOT = /(?<=[A-Za-z0-9])\.(?=[A-Za-z]{2})/g;
const NOT_ALLOWED = /[【】『』「」〖〗★※→●•{}<>[\]$\\^`|~]/g;
const NOTHING: Record<Locale, string> = { 'zh-CN': '无', en: 'none' };

const fit = (value: string, maxLength: number, locale: Locale): string => {
  const plain = oneLine(
    value.replaceAll(LINK, ' ').replaceAll(NOT_ALLOWED, ' ').replaceAll(DOMAIN_DOT, ' '),
  );
  return plain === '' ? NOTHING[locale] : shorten(plain, maxLength);
};

const markRepeat = (
  params: Map<AliyunVariable, string>,
  locale: Locale,
  maxLength: number,
): void => {
  const [first] = params;
  if (first === undefined) return;
  const [name, value] = first;
  params.set(name, shorten(repeatMarkOf(locale) + value, maxLength));
};

const lengthWith = (
  text: string,
  params: ReadonlyMap<AliyunVariable, string>,
  signName: string,
): number => {
  const filled = text.replaceAll(PLACEHOLDER, (_, name: AliyunVariable) => params.get(name) ?? '');
  return filled.length + signName.length + '【】'.length;
};
