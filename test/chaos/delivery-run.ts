import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Api } from '../support/api.ts';
import { createRandom } from '../support/random.ts';
import type { SubmitReaction } from '../support/smsc.ts';
import { type BurnOptions, burn } from './burn.ts';
import { createCrasher } from './crasher.ts';
import { type Crowd, INCIDENT_NUMBER, phonesOf, registerCrowd, townshipId } from './crowd.ts';
import { type DeliverySite, openSite, workerOf } from './delivery-site.ts';
import { type Arrival, type Crash, type Tally, tally } from './delivery-tally.ts';
import { planKills } from './kill-plan.ts';
import { type Attempt, measurePickUps, type PickUps } from './pick-ups.ts';
import { planFires } from './report-fires.ts';

export type DeliveryRunOptions = {
  notifications: number;
  seed: number;
  kills: number;
  redis: boolean;
  print: (line: string) => void;
  /** Ends the run early and cleans up. */
  signal?: AbortSignal;
};

export type DeliveryResult = {
  fires: number;
  incidents: number;
  messages: number;
  tally: Tally;
  crashes: Crash[];
  /** In PostgreSQL at the end, by status. */
  statuses: Record<string, number>;
  pickUps: PickUps;
  /** From the opening of an incident to the arrival of its first copy at the centre, one a person. */
  delaysMs: number[];
  /** Processes that ended by themselves after having been ready: what they said. */
  deaths: string[];
  tookMs: number;
};

const PEOPLE_EACH = 10;
const MOST_TOWNSHIPS = 50;
/** From kill to kill 1 to 7 s: a process takes some 3 s to be back, so that outages overlap at times. */
const GAP_MS = { least: 1_000, most: 7_000 };
/** Of a run without kills. */
const NOTIFICATIONS_PER_S = 50;
const SETTLED_WITHIN_MS = 90_000;

/** Whatever hangs, the run ends. */
const MOST_MS = 20 * 60_000;

/**
 * Fires reported over the API of two processes, each told to ten people by SMS, while processes, PostgreSQL and Redis are
 * killed (`kill -9`) at random moments. At the end each person must have been told of each fire.
 */
export const deliveryRun = async (options: DeliveryRunOptions): Promise<DeliveryResult> => {
  const started = performance.now();
  const signal = AbortSignal.any([
    AbortSignal.timeout(MOST_MS),
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const site = await openSite(options);
  try {
    const result = await Promise.race([runOn(site, options, signal), aborted(signal)]);
    return { ...result, tookMs: performance.now() - started };
  } finally {
    await site.stop();
  }
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(new Error('the run was ended before it was over'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });

const runOn = async (
  site: DeliverySite,
  options: DeliveryRunOptions,
  signal: AbortSignal,
): Promise<Omit<DeliveryResult, 'tookMs'>> => {
  const { notifications, seed, print } = options;
  const crowd: Crowd = {
    townships: Math.min(MOST_TOWNSHIPS, Math.max(4, Math.ceil(notifications / 100))),
    peopleEach: PEOPLE_EACH,
  };
  site.smsc.onSubmit(reactLikeACarrier(createRandom(seed + 1)));
  await registerCrowd(site.api, crowd);
  const queue = site.redis === undefined ? 'the queue on PostgreSQL' : 'Redis';
  print(`${crowd.townships} townships of ${crowd.peopleEach} people, two processes, ${queue}`);

  const random = createRandom(seed);
  const crasher = createCrasher(site, random);
  const fires = planFires(Math.ceil(notifications / PEOPLE_EACH), {
    townships: crowd.townships,
    random: createRandom(seed + 2),
  });
  await burn({ site, fires, crasher, plan: planTurns(options, random), print, signal });
  print('all reported and all back; waiting for what is still to be sent');

  const incidents = await listIncidents(site.api);
  const expected = expectedOf(incidents, crowd);
  const statuses = await untilSettled(site, expected, signal);
  const attempts = await listAttempts(site.api, incidents);
  const arrivals = arrivalsOf(site);
  return {
    fires: fires.length,
    incidents: incidents.length,
    messages: site.smsc.messages.length,
    tally: tally(expected, arrivals, crasher.crashes),
    crashes: crasher.crashes,
    statuses,
    pickUps: measurePickUps(attempts, crasher.crashes),
    delaysMs: delaysOf(arrivals, incidents),
    deaths: site.workers.flatMap(({ deaths }) => deaths),
  };
};

/** Without kills one long turn. */
const planTurns = (
  { kills, notifications, redis }: DeliveryRunOptions,
  random: () => number,
): BurnOptions['plan'] =>
  kills === 0
    ? [{ kind: undefined, gapMs: (notifications / NOTIFICATIONS_PER_S) * 1_000 }]
    : planKills(kills, { random, redis }).map((kind) => {
        return { kind, gapMs: GAP_MS.least + random() * (GAP_MS.most - GAP_MS.least) };
      });

/** Answers take up to 60 ms, and now and then the centre asks for a pause. */
const reactLikeACarrier = (random: () => number) => (): SubmitReaction =>
  random() < 0.002
    ? { kind: 'refuse', status: 'ESME_RTHROTTLED' }
    : { kind: 'accept', delayMs: random() ** 2 * 60 };

type Incident = { id: string; number: string; regionId: string; openedAt: string };

const listIncidents = async (api: Api): Promise<Incident[]> => {
  const incidents: Incident[] = [];
  let cursor = '';
  for (;;) {
    const page = await api<{ items: Incident[]; next?: string }>(
      'GET',
      `incidents?limit=100${cursor}`,
    );
    incidents.push(...page.items);
    if (page.next === undefined) return incidents;
    cursor = `&cursor=${page.next}`;
  }
};

const expectedOf = (incidents: readonly Incident[], crowd: Crowd): Set<string> => {
  const phones = new Map(
    Array.from({ length: crowd.townships }, (_, n) => [townshipId(n), phonesOf(crowd, n)]),
  );
  return new Set(
    incidents.flatMap(({ number, regionId }) =>
      (phones.get(regionId) ?? []).map((phone) => `${number} ${phone}`),
    ),
  );
};

const arrivalsOf = ({ smsc }: DeliverySite): Arrival[] =>
  smsc.messages.flatMap(({ text, to, from, at }) =>
    [...new Set(text.match(INCIDENT_NUMBER) ?? [])].map((number) => ({
      key: `${number} ${to}`,
      at: at.getTime(),
      worker: workerOf(from),
      markedRepeat: text.includes('重复'),
    })),
  );

/** Waits until nothing is left to be sent and everything has arrived, or for long enough; returns how many are in which status. */
const untilSettled = async (
  site: DeliverySite,
  expected: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Record<string, number>> => {
  const client = new pg.Client({ connectionString: site.postgres.connectionString });
  await client.connect();
  try {
    const deadline = Date.now() + SETTLED_WITHIN_MS;
    for (;;) {
      const { rows } = await client.query<{ status: string; count: number }>(
        'select status, count(*)::int as count from notification group by status',
      );
      const statuses = Object.fromEntries(rows.map(({ status, count }) => [status, count]));
      const { lost } = tally(expected, arrivalsOf(site), []);
      const pending = (statuses['queued'] ?? 0) + (statuses['sending'] ?? 0);
      if ((pending === 0 && lost.length === 0) || Date.now() > deadline) return statuses;
      await delay(500, undefined, { signal });
    }
  } finally {
    await client.end();
  }
};

type ListedNotification = { attempts: { startedAt: string; outcome?: string }[] };

/** Of each notification its attempts, oldest first. */
const listAttempts = async (api: Api, incidents: readonly Incident[]): Promise<Attempt[][]> => {
  const attempts: Attempt[][] = [];
  for (const { id } of incidents) {
    const { items } = await api<{ items: ListedNotification[] }>(
      'GET',
      `notifications?incident=${id}`,
    );
    for (const item of items) {
      attempts.push(
        item.attempts
          .map(({ startedAt, outcome }) => ({ startedAt: Date.parse(startedAt), outcome }))
          .toSorted((a, b) => a.startedAt - b.startedAt),
      );
    }
  }
  return attempts;
};

const delaysOf = (arrivals: readonly Arrival[], incidents: readonly Incident[]): number[] => {
  const openedAt = new Map(incidents.map(({ number, openedAt }) => [number, Date.parse(openedAt)]));
  const first = new Map<string, number>();
  for (const { key, at } of arrivals) first.set(key, Math.min(at, first.get(key) ?? at));
  return [...first].map(([key, at]) => at - (openedAt.get(key.split(' ')[0] ?? '') ?? at));
};
