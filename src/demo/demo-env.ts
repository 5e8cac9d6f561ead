import { AppError } from '../shared/app-error.ts';

type Source = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Is the host of this URL this machine? */
export const isLoopback = (url: string): boolean =>
  URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);

/** A service that listens on every address is reached over this machine's own. */
export const localUrl = (url: string): string => {
  const local = new URL(url);
  if (local.hostname === '0.0.0.0') local.hostname = '127.0.0.1';
  if (local.hostname === '[::]') local.hostname = '[::1]';
  return local.toString().replace(/\/$/, '');
};

const DEFAULTS: Source = {
  DATA_DIR: './data/demo',
  ADMIN_PASSWORD: 'fengsui-demo',
  // The terminal belongs to the story, which shows the SMS itself; at `warn` the log would repeat each of them.
  LOG_LEVEL: 'error',
};

/**
 * The environment the demo's service starts with: what is set wins over the demo's defaults.
 * An SMPP server beyond this machine is left out, because the invented people have invented numbers
 * that must never be rung.
 */
export const demoEnv = (source: Source): Record<string, string | undefined> => {
  const env: Record<string, string | undefined> = { ...source };
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if ((env[name] ?? '').trim() === '') env[name] = value;
  }
  if (env.SMPP_URL !== undefined && !isLoopback(env.SMPP_URL)) env.SMPP_URL = undefined;
  return env;
};

/** `DEMO_SEED`, a whole number from 0 to 4294967295, default 1: the same seed makes the same county and fire. */
export const demoSeed = (source: Source): number => {
  const text = (source.DEMO_SEED ?? '').trim();
  if (text === '') return 1;
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed <= 0xffffffff) return seed;
  throw new AppError(
    'startup',
    `DEMO_SEED="${text}" is not a whole number from 0 to 4294967295; set e.g. DEMO_SEED=1`,
  );
};
