import { errorMessage } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { fetchTable, type Validators } from './feed-client.ts';
import { isStale } from './feed-health.ts';
import { claimFeed, endPoll } from './feed-store.ts';
import { type Feed, isSlotted, urlsOf } from './feed-urls.ts';
import { type HotspotSummary, type TakeDeps, takeHotspots } from './take-hotspots.ts';

export type HotspotWorkerDeps = TakeDeps & {
  pool: Pool;
  feeds: readonly Feed[];
  mapKey: string | undefined;
  everyS: number;
  logger: Logger;
  onTaken: (summary: HotspotSummary) => void;
};

export const NO_COUNTY =
  'nobody has said what the county is: import its regions (POST /api/v1/regions/import), or set hotspots.bbox in county.json';

/** Fetches the tables of hotspots again and again. Of several processes one takes each turn. */
export const createHotspotWorker = (deps: HotspotWorkerDeps): Part => {
  const { pool, feeds, everyS, clock, logger } = deps;
  /** Of each feed's last round, by address: a file which has not changed is not sent again. */
  const known = new Map<string, ReadonlyMap<string, Validators>>();

  const poll = async (feed: Feed, ending: AbortSignal): Promise<void> => {
    const now = clock.now();
    const before = new Date(now.getTime() - everyS * 1000);
    if (!(await claimFeed(pool, { name: feed.name, now, before }))) return;
    const urls = urlsOf(feed, { mapKey: deps.mapKey, bbox: deps.county()?.bbox ?? null, now });
    const failure = urls === null ? NO_COUNTY : await fetchAll(urls, feed, ending);
    if (ending.aborted) return;
    const error = failure === null ? null : hideKey(failure);
    const succeededAt = await endPoll(pool, { name: feed.name, now: clock.now(), error });
    if (error !== null) complain(feed, error, succeededAt);
  };

  /** Null, or why a table could not be had. */
  const fetchAll = async (
    urls: readonly string[],
    feed: Feed,
    signal: AbortSignal,
  ): Promise<string | null> => {
    const before = known.get(feed.name);
    const taken = new Map<string, Validators>();
    known.set(feed.name, taken);
    for (const url of urls) {
      const last = before?.get(url);
      const fetched = await fetchTable(url, { known: last, signal });
      if (fetched.kind === 'absent' && isSlotted(feed.url)) continue;
      if (fetched.kind === 'absent') return 'HTTP 404';
      if (fetched.kind === 'failed') return fetched.reason;
      if (fetched.kind === 'unchanged') {
        if (last !== undefined) taken.set(url, last);
        continue;
      }
      const outcome = await takeHotspots(deps, fetched.text);
      if (outcome.kind === 'unreadable') return `the answer is no table: ${outcome.reason}`;
      if (outcome.kind === 'no_county') return NO_COUNTY;
      taken.set(url, fetched.validators);
      tell(feed, outcome);
    }
    return null;
  };

  const hideKey = (text: string): string =>
    deps.mapKey === undefined ? text : text.replaceAll(deps.mapKey, '{MAP_KEY}');

  const tell = (feed: Feed, summary: HotspotSummary): void => {
    deps.onTaken(summary);
    const { faults, ...counts } = summary;
    if (faults.length > 0) {
      logger.warn({ feed: feed.name, faults: faults.slice(0, 5) }, 'rows of hotspots not read');
    }
    logger.debug({ feed: feed.name, ...counts, faults: faults.length }, 'hotspots taken');
  };

  const complain = (feed: Feed, reason: string, succeededAt: Date | null): void => {
    logger[isStale(succeededAt, clock.now()) ? 'error' : 'warn'](
      { feed: feed.name, reason, succeededAt },
      /invalid map_?key/i.test(reason)
        ? 'no hotspots: FIRMS does not accept FIRMS_MAP_KEY; get one at https://firms.modaps.eosdis.nasa.gov/api/map_key/'
        : 'no hotspots from this feed; trying again',
    );
  };

  return createRepeating('hotspots', async (ending) => {
    for (const feed of feeds) {
      await poll(feed, ending).catch((error: unknown) => complain(feed, errorMessage(error), null));
      if (ending.aborted) break;
    }
    return everyS * 1000;
  });
};
