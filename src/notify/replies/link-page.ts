import { createHash } from 'node:crypto';
import type { Locale } from '../../people/index.ts';
import type { Answerable } from './answer-store.ts';
import { LINK_WORDS, type LinkWords } from './link-words.ts';

const STYLE = `body{font:18px/1.5 system-ui,sans-serif;max-width:34em;margin:0 auto;padding:1em;color:#1a1a1a;background:#fff}
h1{font-size:1.2em}button{display:block;width:100%;font:inherit;padding:.8em;margin:.6em 0;border:2px solid #333;border-radius:.5em;background:#fff}
button.main{background:#b3261e;border-color:#b3261e;color:#fff}p.done{font-weight:bold}`;

/** The page has no script, and takes its style from itself alone. */
export const LINK_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The facts of the incident and one button for each answer. Opening it does nothing: previews and scanners do that. */
export const askPage = ({ text, mapUrl, locale }: Answerable): string => {
  const words = LINK_WORDS[locale];
  return page(
    locale,
    `<p>${escape(text)}</p>${mapUrl === null ? '' : `<p><a href="${escape(mapUrl)}" rel="noreferrer">${words.map}</a></p>`}
<p>${words.question}</p><form method="post">${button('1', words.take, 'main')}${button('0', words.cannotCome)}${button('2', words.falseAlarm)}</form>`,
  );
};

/** A false alarm takes two answers. */
export const confirmPage = ({ number, locale }: Answerable): string => {
  const words = LINK_WORDS[locale];
  return page(
    locale,
    `<p>${escape(words.confirmFalseAlarm(number))}</p>
<form method="post"><input type="hidden" name="confirm" value="yes">${button('2', words.confirm)}</form>`,
  );
};

export const donePage = (locale: Locale, message: string): string =>
  page(locale, `<p class="done">${escape(message)}</p>`);

/** What went wrong and what to do instead; in every language where it is not known whose link it was. */
export const refusalPage = (
  fault: 'expired' | 'forged' | 'givenBefore',
  locales: readonly Locale[],
): string =>
  page(
    locales[0] ?? 'zh-CN',
    locales
      .map((locale) => LINK_WORDS[locale])
      .map((words) => `<p class="done">${words[fault]}</p><p>${words.instead} ${login(words)}</p>`)
      .join('\n'),
  );

/** At the fixed address that an SMS may carry: how to answer with the code it names. */
export const codePage = (locales: readonly Locale[]): string =>
  page(
    locales[0] ?? 'zh-CN',
    locales
      .map((locale) => LINK_WORDS[locale])
      .map((words) => `<p>${words.byCode}</p><p>${login(words)}</p>`)
      .join('\n'),
  );

const login = ({ consoleLink }: LinkWords): string => `<a href="/">${consoleLink}</a>`;

const button = (value: string, label: string, kind = ''): string =>
  `<button name="reply" value="${value}"${kind === '' ? '' : ` class="${kind}"`}>${label}</button>`;

const page = (locale: Locale, body: string): string => {
  const { title } = LINK_WORDS[locale];
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
${body}
</body></html>`;
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
