import { describe, expect, it } from 'vitest';
import { feedHealth } from '../../../src/hotspots/feed-health.ts';
import { feedsOf, urlsOf } from '../../../src/hotspots/feed-urls.ts';
import { readEnv } from '../../../src/shared/env.ts';

const now = new Date('2026-11-28T00:07:00Z');
const bbox = [113, 26.5, 113.5, 27] as const;

describe('feeds', () => {
  it('none are set up by default, and a key alone is enough for FIRMS', () => {
    expect(feedsOf(readEnv({}).hotspots)).toEqual([]);
    const feeds = feedsOf(readEnv({ FIRMS_MAP_KEY: 'k1' }).hotspots);
    expect(feeds).toHaveLength(4);
    const urls = feeds.flatMap((feed) => urlsOf(feed, { mapKey: 'k1', bbox, now }) ?? []);
    expect(urls[1]).toBe(
      'https://firms.modaps.eosdis.nasa.gov/api/area/csv/k1/VIIRS_NOAA20_NRT/112.970,26.470,113.530,27.030/2',
    );
  });

  it('several addresses stand side by side; one that is none is told', () => {
    const FIRMS_URL = 'http://a.example/x/1,2,3,4/1, https://b.example/y';
    expect(readEnv({ FIRMS_URL }).hotspots.firmsUrls).toEqual([
      'http://a.example/x/1,2,3,4/1',
      'https://b.example/y',
    ]);
    expect(() => readEnv({ FIRMS_URL: 'ftp://a.example' })).toThrow(/FIRMS_URL.*http/);
    expect(() => readEnv({ HOTSPOTS_EVERY_S: '0' })).toThrow(/HOTSPOTS_EVERY_S/);
  });

  it('are shown without what is secret', () => {
    const [feed] = feedsOf({
      firmsUrls: ['https://u:p@a.example/csv/0123456789abcdef0123456789ABCDEF/M/{BBOX}/1?key=s'],
      firmsMapKey: undefined,
      himawariUrls: [],
    });
    expect(feed?.name).toBe('a.example/csv/{MAP_KEY}/M/{BBOX}/1');
  });

  it('without a county there is no box to ask for', () => {
    const feed = { name: 'f', url: 'https://a.example/{BBOX}' };
    expect(urlsOf(feed, { mapKey: undefined, bbox: null, now })).toBeNull();
  });

  it('a slotted address is that of the last hour’s slots, oldest first', () => {
    const url = 'http://m.example/{YYYY}{MM}/{DD}/{hh}/H09_{hh}{mm}.csv';
    const urls = urlsOf({ name: 'm', url }, { mapKey: undefined, bbox: null, now });
    expect(urls).toHaveLength(6);
    expect(urls?.[0]).toBe('http://m.example/202611/27/23/H09_2300.csv');
    expect(urls?.[5]).toBe('http://m.example/202611/27/23/H09_2350.csv');
  });
});

it('how feeds are is said in words, and never makes the service unready', () => {
  const polledAt = now;
  const fresh = new Date(now.getTime() - 3_600_000);
  const old = new Date(now.getTime() - 4 * 3_600_000);
  expect(
    feedHealth(
      [
        { name: 'a', polledAt, succeededAt: fresh, error: null },
        { name: 'b', polledAt, succeededAt: old, error: 'HTTP 503' },
        { name: 'c', polledAt, succeededAt: null, error: 'ENOTFOUND' },
      ],
      now,
    ),
  ).toEqual({
    ok: true,
    detail:
      'a: last had at 2026-11-27T23:07:00.000Z; b: STALE, last had at 2026-11-27T20:07:00.000Z, failing: HTTP 503; c: STALE, never had, failing: ENOTFOUND',
  });
});
