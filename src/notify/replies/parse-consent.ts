/** What numbers that want no more messages, or want them again, are told to write; TD and T are usual in China. */
const STOP = ['stop', 'stopall', 'unsubscribe', 'td', 't', '退订', '取消订阅'];
const START = ['start', 'unstop', '恢复', '恢复订阅', '重新订阅'];

const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\s\p{P}\p{Cc}]/gu, '')
    .toLowerCase();

/** `stop`, `start`, or null for anything else: a word within a sentence is no order. */
export const parseConsent = (text: string): 'stop' | 'start' | null => {
  const word = plainText(text);
  if (STOP.includes(word)) return 'stop';
  return START.includes(word) ? 'start' : null;
};

/** A six-digit code that proves a contact, sent back as it came; null for anything else. */
export const parseCode = (text: string): string | null => {
  const digits = plainText(text);
  return /^\d{6}$/.test(digits) ? digits : null;
};
