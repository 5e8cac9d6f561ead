import type { FeedState } from './feed-store.ts';

/** FIRMS publishes an overpass within three hours, and by day one of five satellites comes by more often than that. */
const STALE_MS = 3 * 3_600_000;

export const isStale = (succeededAt: Date | null, now: Date): boolean =>
  succeededAt === null || now.getTime() - succeededAt.getTime() > STALE_MS;

/** How the feeds are, for people. Always ok: a service without satellites still takes every other alarm. Pure. */
export const feedHealth = (
  feeds: readonly FeedState[],
  now: Date,
): { ok: true; detail: string } => ({
  ok: true,
  detail: feeds.map((feed) => `${feed.name}: ${stateOf(feed, now)}`).join('; ') || 'not asked yet',
});

const stateOf = ({ succeededAt, error }: FeedState, now: Date): string => {
  const last = succeededAt === null ? 'never had' : `last had at ${succeededAt.toISOString()}`;
  return [
    ...(isStale(succeededAt, now) ? ['STALE'] : []),
    last,
    ...(error === null ? [] : [`failing: ${error}`]),
  ].join(', ');
};
