import { AppError, errorMessage } from '../shared/app-error.ts';
import { systemClock } from '../shared/clock.ts';
import type { Env } from '../shared/env.ts';
import { localTime } from '../shared/local-time.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { type County, createCounty } from './county.ts';
import { isLoopback, localUrl } from './demo-env.ts';
import { createDemoStateFile, type DemoState, type DemoStateFile } from './demo-state-file.ts';
import { createFire, type Fire } from './fire.ts';
import { loadCounty, loadSteps, requireEmptyService, requireLogin } from './load.ts';
import { otherSeed, withdrawTerrain } from './prepare-demo.ts';
import { createProgress } from './progress.ts';
import { townshipAt } from './regions.ts';
import { createSimulator } from './simulator.ts';
import { eventText, loadingLabel, titleText, welcomeText } from './stage-text.ts';
import type { StoryContext } from './story-text.ts';
import { tellIncidents } from './tell-incidents.ts';

export type DemoOptions = {
  env: Env;
  /** Which county is made up; see `demoSeed`. */
  seed: number;
  /** Where the running service answers, with the real ports: `http://127.0.0.1:8080`, `mqtt://127.0.0.1:1883`. */
  baseUrl: string;
  mqttUrl: string;
  logger: Logger;
  /** Writes text to the terminal as it is: no newline is added. */
  print: (text: string) => void;
  /** The county could not be loaded or the devices not log in, after `start` had resolved. */
  onFatal?: (error: Error) => void;
};

/**
 * One run of the demo. `start` rejects when this service or data folder is not one for the demo; loading
 * and simulating then go on beside it, so that a signal meanwhile ends them at once.
 */
export const createDemoRun = (options: DemoOptions): Part => {
  const { env, seed, logger, print, onFatal } = options;
  const baseUrl = localUrl(options.baseUrl);
  const mqttUrl = localUrl(options.mqttUrl);
  const ending = new AbortController();
  const { signal } = ending;
  let running: Promise<void> = Promise.resolve();

  const say = (text: string): void => {
    const time = localTime(systemClock.now(), env.timeZone);
    print(`${text.startsWith('━') ? '\n' : `${time} `}${text}\n`);
  };

  const run = async (known: Pick<Loading, 'api' | 'file' | 'state'>): Promise<void> => {
    const { api, file, state } = known;
    const county = createCounty(seed);
    const fire = createFire(county, seed, state.runs);
    print(`${titleText(county, seed, env.locale)}\n`);
    await load({ ...known, county }, options);
    state.runs += 1;
    await file.write(state);
    print(`${welcomeText({ baseUrl, password: passwordOf(env), locale: env.locale })}\n`);

    const context = storyContext(county, fire, env);
    const telling = tellIncidents({ api, context, say, logger, signal });
    const simulator = createSimulator({
      county,
      fire,
      seed,
      state,
      mqttUrl,
      logger,
      clock: systemClock,
      onEvent: (event) => say(eventText(event, fire, env.locale)),
    });
    try {
      // A login that is still under way must not hold up the end.
      await Promise.race([simulator.start(), telling]);
      await telling;
    } finally {
      await simulator.stop();
    }
  };

  const failed = (cause: unknown): void => {
    if (signal.aborted) return;
    const error = cause instanceof Error ? cause : new Error(errorMessage(cause));
    logger.error({ err: error }, 'the demo cannot go on');
    if (onFatal !== undefined) onFatal(error);
    // Nobody asked to be told: as an uncaught error it ends the process, which is better than a demo that shows nothing.
    else
      setImmediate(() => {
        throw error;
      });
  };

  return {
    name: 'demo',
    async start() {
      requireLoopback(baseUrl, mqttUrl);
      const password = passwordOf(env);
      const api = createApiClient({ baseUrl, username: 'admin', password, signal });
      const file = createDemoStateFile(env.dataDir);
      await requireLogin(api);
      const state = await openState({ api, file }, env.dataDir, seed);
      running = run({ api, file, state }).catch(failed);
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
};

const passwordOf = (env: Env): string => env.adminPassword ?? '';

/** Invented people and devices belong on the machine they were invented on. */
const requireLoopback = (baseUrl: string, mqttUrl: string): void => {
  for (const url of [baseUrl, mqttUrl]) {
    if (isLoopback(url)) continue;
    throw new AppError(
      'startup',
      `the demo runs against this machine only, not ${new URL(url).host}; unset MQTT_URL and HOST, or point them to 127.0.0.1`,
    );
  }
};

/** What an earlier run left, or a first state for a service that is still empty. */
const openState = async (
  { api, file }: Pick<Loading, 'api' | 'file'>,
  dataDir: string,
  seed: number,
): Promise<DemoState> => {
  const earlier = await file.read();
  if (earlier === undefined) {
    await requireEmptyService(api).catch(async (error: unknown) => {
      await withdrawTerrain(dataDir, seed);
      throw error;
    });
    const state: DemoState = { seed, runs: 0, secrets: {}, people: {} };
    await file.write(state);
    return state;
  }
  if (earlier.seed === seed) return earlier;
  throw otherSeed(earlier.seed, seed);
};

type Loading = { api: ApiClient; county: County; state: DemoState; file: DemoStateFile };

const load = async (
  loading: Loading,
  { env, print }: Pick<DemoOptions, 'env' | 'print'>,
): Promise<void> => {
  const now = systemClock.now();
  const progress = createProgress({
    label: loadingLabel(env.locale),
    total: loadSteps(loading.county, now),
    isTty: process.stdout.isTTY,
    print,
  });
  await loadCounty({
    ...loading,
    password: passwordOf(env),
    locale: env.locale,
    now,
    onStep: progress.step,
  });
};

const storyContext = (county: County, fire: Fire, env: Env): StoryContext => {
  const names = new Map<string, string>();
  for (const { id, name } of [...county.cameras, ...county.drones]) names.set(id, name);
  return {
    locale: env.locale,
    fire: fire.at,
    placeAt: (at) => townshipAt(at, county.townships)?.name,
    sourceName: (id) => names.get(id) ?? id,
  };
};
