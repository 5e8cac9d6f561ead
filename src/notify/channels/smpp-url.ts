import { AppError } from '../../shared/app-error.ts';
import type { Alphabet } from './segment.ts';

export type SmppConfig = {
  host: string;
  port: number;
  tls: boolean;
  systemId: string;
  password: string;
  systemType: string;
  /** Sender the phone shows; empty lets the carrier choose. */
  source: string;
  sourceTon: number;
  sourceNpi: number;
  destTon: number;
  destNpi: number;
  /** Messages that may wait for their answer at the same time. */
  window: number;
  /** What data_coding 0 means at this centre; with `ucs2` it is never used. */
  alphabet: Alphabet;
};

const DEFAULT_PORT = 2775;
const DEFAULT_TLS_PORT = 3550;

/**
 * Reads `smpp://user:password@host:port?source=10690001&sourceTon=0&sourceNpi=1&destTon=1&destNpi=1&systemType=&window=10&alphabet=gsm7`
 * (`smpps://` for TLS). Every option has a default: the destination is international (TON 1) in the ISDN plan (NPI 1),
 * digits without `+`; a source in letters is alphanumeric (TON 5, NPI 0), in digits of unknown type (TON 0, NPI 1).
 * `alphabet=ucs2` is for centres whose default alphabet (data_coding 0) is not GSM 03.38.
 * Throws AppError('startup') that names the wrong option and does not repeat the password.
 */
export const parseSmppUrl = (text: string): SmppConfig => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['smpp:', 'smpps:'].includes(url.protocol) || url.hostname === '') {
    throw wrong('is not a URL of the form smpp://user:password@host:2775');
  }
  const tls = url.protocol === 'smpps:';
  const known = [
    'source',
    'sourceTon',
    'sourceNpi',
    'destTon',
    'destNpi',
    'systemType',
    'window',
    'alphabet',
  ];
  for (const name of url.searchParams.keys()) {
    if (!known.includes(name))
      throw wrong(`has the unknown option "${name}"; there are ${known.join(', ')}`);
  }
  const source = url.searchParams.get('source') ?? '';
  const lettered = /[^0-9]/.test(source);
  const number = (name: string, fallback: number, [min, max]: [number, number]): number => {
    const value = url.searchParams.get(name);
    if (value === null) return fallback;
    if (/^\d{1,4}$/.test(value) && Number(value) >= min && Number(value) <= max)
      return Number(value);
    throw wrong(`option ${name}="${value}" is not a number from ${min} to ${max}`);
  };
  const alphabet = url.searchParams.get('alphabet') ?? 'gsm7';
  if (alphabet !== 'gsm7' && alphabet !== 'ucs2') {
    throw wrong(`option alphabet="${alphabet}" is neither gsm7 nor ucs2`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? DEFAULT_TLS_PORT : DEFAULT_PORT) : Number(url.port),
    tls,
    systemId: decode(url.username),
    password: decode(url.password),
    systemType: url.searchParams.get('systemType') ?? '',
    source,
    sourceTon: number('sourceTon', lettered ? 5 : 0, [0, 6]),
    sourceNpi: number('sourceNpi', lettered ? 0 : 1, [0, 18]),
    destTon: number('destTon', 1, [0, 6]),
    destNpi: number('destNpi', 1, [0, 18]),
    window: number('window', 10, [1, 1000]),
    alphabet,
  };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('has a % in user or password that is not percent-encoded (write %25)');
  }
};

const wrong = (what: string): AppError =>
  new AppError(
    'startup',
    `SMPP_URL (or the url of smpp in channels.json) ${what}; set e.g. smpp://user:password@sms.example.org:2775`,
  );
