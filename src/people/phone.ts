export type PhoneResult = { ok: true; e164: string } | { ok: false; reason: string };

/** How counties write numbers down: spaces, dashes, dots, brackets, slashes, full-width digits. */
const SEPARATORS = /[\s\-‐-―.()[\]/]/g;
/** E.164: at most 15 digits, the country code does not begin with 0. */
const E164 = /^\+[1-9]\d{6,14}$/;
const CHINA_MOBILE = /^1[3-9]\d{9}$/;
/** 13 digits from 1: numbers of SMS modems and things, which can receive SMS. */
const CHINA_IOT = /^1\d{12}$/;

/**
 * A phone number as E.164 (`+8613812345678`). Understands an 11-digit Chinese mobile number, with or without `86`,
 * `+86` or `0086` before it, and any international number with `+` or `00`. For SMS a Chinese number must be a mobile one.
 */
export const normalizePhone = (text: string, use: 'sms' | 'voice' = 'sms'): PhoneResult => {
  const digits = text.normalize('NFKC').replaceAll(SEPARATORS, '').replace(/^00/, '+');
  const candidate = digits.startsWith('+') ? digits : fromNational(digits);
  if (candidate === undefined || !E164.test(candidate)) {
    return {
      ok: false,
      reason: `"${text}" is not a phone number; write +8613812345678, 13812345678 or +<country code><number>`,
    };
  }
  const national = candidate.startsWith('+86') ? candidate.slice(3) : undefined;
  if (national === undefined || CHINA_MOBILE.test(national)) return { ok: true, e164: candidate };
  if (use === 'sms' && !CHINA_IOT.test(national)) {
    return {
      ok: false,
      reason: `"${text}" is not a Chinese mobile number (11 digits from 13 to 19) and cannot receive SMS`,
    };
  }
  return { ok: true, e164: candidate };
};

const fromNational = (digits: string): string | undefined => {
  if (CHINA_MOBILE.test(digits)) return `+86${digits}`;
  if (/^861[3-9]\d{9}$/.test(digits)) return `+${digits}`;
  // A landline with its trunk 0: 0731-8888 8888.
  if (/^0[1-9]\d{8,10}$/.test(digits)) return `+86${digits.slice(1)}`;
  return undefined;
};
