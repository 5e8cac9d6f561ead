import { errorMessage } from '../shared/app-error.ts';

export type HealthCheck = { ok: boolean; detail?: string };

/** What /readyz asks; each function looks at one thing and is given 2 s. */
export type Health = {
  checks: Readonly<Record<string, () => HealthCheck | Promise<HealthCheck>>>;
  /** How each notification channel is set up: `{sms: "log: set SMPP_URL to send SMS"}`. */
  channels?: () => Readonly<Record<string, string>>;
  /** Each provider of each channel, in order of preference. */
  providers?: () => ProviderHealth[];
};

export type ProviderHealth = {
  channel: string;
  provider: string;
  up: boolean;
  breaker: 'closed' | 'half_open' | 'open';
  status: string;
  lastError?: string;
  lastErrorAt?: string;
};

export type Readiness = {
  status: 'ready' | 'unavailable';
  checks: Record<string, HealthCheck>;
  channels: Readonly<Record<string, string>>;
  providers: ProviderHealth[];
};

/** A check that hangs is a failed one: an orchestrator waits only a few seconds for the whole answer. */
const CHECK_TIMEOUT_MS = 2_000;

export const readReadiness = async (health: Health): Promise<Readiness> => {
  const results = await Promise.all(
    Object.entries(health.checks).map(
      async ([name, check]): Promise<[string, HealthCheck]> => [name, await runCheck(check)],
    ),
  );
  const ready = results.every(([, { ok }]) => ok);
  return {
    status: ready ? 'ready' : 'unavailable',
    checks: Object.fromEntries(results),
    channels: health.channels?.() ?? {},
    providers: health.providers?.() ?? [],
  };
};

const runCheck = async (check: () => HealthCheck | Promise<HealthCheck>): Promise<HealthCheck> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<HealthCheck>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, detail: `no answer within ${String(CHECK_TIMEOUT_MS)} ms` }),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([(async () => check())(), timeout]);
  } catch (error) {
    return { ok: false, detail: errorMessage(error) };
  } finally {
    clearTimeout(timer);
  }
};
