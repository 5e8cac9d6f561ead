import type { Bbox } from '../shared/geometry.ts';

/** A place hotspots are fetched from: its URL as configured, and that without what is secret, to be shown. */
export type Feed = { name: string; url: string };

/** What FIRMS publishes within three hours of an overpass, of each satellite. */
const FIRMS_SOURCES = ['VIIRS_SNPP_NRT', 'VIIRS_NOAA20_NRT', 'VIIRS_NOAA21_NRT', 'MODIS_NRT'];
const FIRMS_AREA = 'https://firms.modaps.eosdis.nasa.gov/api/area/csv/{MAP_KEY}';

/**
 * The feeds that the settings ask for. A key alone is enough for FIRMS: of two days, for its days begin at 00:00 UTC, and
 * what was seen just before is published after.
 */
export const feedsOf = (settings: {
  firmsUrls: readonly string[];
  firmsMapKey: string | undefined;
  himawariUrls: readonly string[];
}): Feed[] => {
  const { firmsUrls, firmsMapKey, himawariUrls } = settings;
  const firms =
    firmsUrls.length === 0 && firmsMapKey !== undefined
      ? FIRMS_SOURCES.map((source) => `${FIRMS_AREA}/${source}/{BBOX}/2`)
      : firmsUrls;
  return [...firms, ...himawariUrls].map((url) => ({ name: withoutSecrets(url), url }));
};

/** A key of FIRMS is 32 hexadecimal digits; others stand before an @ or behind a question mark. */
const withoutSecrets = (url: string): string =>
  url
    .replace(/^https?:\/\/([^/@]*@)?/, '')
    .replace(/\?.*$/, '')
    .replace(/[0-9a-f]{32}/gi, '{MAP_KEY}');

const SLOT_MS = 600_000;
/** A product of Himawari is there some 20 minutes after its slot began, and sometimes an hour. */
const SLOTS_BACK = [1, 2, 3, 4, 5, 6];

/**
 * The addresses to fetch now: `{MAP_KEY}` and `{BBOX}` (west,south,east,north) are filled in; one with `{YYYY}`, `{MM}`,
 * `{DD}`, `{hh}` or `{mm}` stands for the ten-minute slots of the last hour, UTC, oldest first. Null: it needs a box and
 * there is none.
 */
export const urlsOf = (
  { url: template }: Feed,
  { mapKey = '', bbox, now }: { mapKey: string | undefined; bbox: Bbox | null; now: Date },
): string[] | null => {
  if (template.includes('{BBOX}') && bbox === null) return null;
  const url = template
    .replaceAll('{MAP_KEY}', encodeURIComponent(mapKey))
    .replaceAll('{BBOX}', bbox === null ? '' : padded(bbox));
  if (!isSlotted(url)) return [url];
  const slot = Math.floor(now.getTime() / SLOT_MS);
  return SLOTS_BACK.toReversed().map((back) => atSlot(url, new Date((slot - back) * SLOT_MS)));
};

/** Of a slot that is not published yet there is nothing to fetch, and no fault in that. */
export const isSlotted = (url: string): boolean => /\{(YYYY|MM|DD|hh|mm)\}/.test(url);

const atSlot = (url: string, slot: Date): string => {
  const [date = '', time = ''] = slot.toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = ''] = time.split(':');
  return url
    .replaceAll('{YYYY}', year)
    .replaceAll('{MM}', month)
    .replaceAll('{DD}', day)
    .replaceAll('{hh}', hour)
    .replaceAll('{mm}', minute);
};

/** A pixel whose centre lies outside may hold a fire inside. About 3 km. */
const MARGIN_DEG = 0.03;

const padded = ([west, south, east, north]: Bbox): string =>
  [
    Math.max(-180, west - MARGIN_DEG),
    Math.max(-90, south - MARGIN_DEG),
    Math.min(180, east + MARGIN_DEG),
    Math.min(90, north + MARGIN_DEG),
  ]
    .map((deg) => deg.toFixed(3))
    .join(',');
