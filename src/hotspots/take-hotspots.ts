import type { DeviceRegistry } from '../devices/index.ts';
import type { Ingest, Outcome } from '../ingest/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { HotspotSettings } from '../shared/hotspot-config.ts';
import type { CountyArea } from './county-area.ts';
import { type HotArea, OVERPASS_MS, type Placed } from './gather-fires.ts';
import { type RowFault, radiusM } from './hotspot.ts';
import { readHotspots } from './read-hotspots.ts';
import type { Satellite } from './satellite.ts';
import { clip, type LeftOut, type SeenPlace, sift } from './sift.ts';

export type TakeDeps = {
  ingest: Pick<Ingest, 'handle'>;
  registry: Pick<DeviceRegistry, 'resolve'>;
  /** Registers a satellite as a device; one that is registered meanwhile is no error. */
  register: (satellite: Satellite) => Promise<void>;
  /** What these satellites reported between two times. */
  seen: (query: { deviceIds: readonly string[]; from: Date; to: Date }) => Promise<SeenPlace[]>;
  /** Null = nobody has said what the county is. */
  county: () => CountyArea | null;
  settings: HotspotSettings;
  locate: Pick<CountyConfig['locate'], 'reportedRadiusM'>;
  clock: Clock;
};

export type TakeOptions = {
  /** Instead of the county's, milliseconds. */
  maxAgeMs?: number;
  /** Nothing is recorded; `recorded` says how many would be. */
  dryRun?: boolean;
  /** After each area, of how many. */
  onProgress?: (done: number, of: number) => void;
};

/** Rows and what became of them. `recorded` and `opened` count fires: neighbouring pixels of an overpass are one. */
export type HotspotSummary = {
  rows: number;
  faults: RowFault[];
  leftOut: LeftOut;
  recorded: number;
  /** Of those, the ones that opened an incident; the others joined one. */
  opened: number;
};

export type TakeOutcome =
  | ({ kind: 'taken' } & HotspotSummary)
  | { kind: 'unreadable'; reason: string }
  | { kind: 'no_county' };

/**
 * Takes a table of hotspots: each fire in it that is new becomes a detection, by the same way as an alarm from the bus.
 * Resolves when all are committed; rejects when one could not be stored (taking the table again continues).
 */
export const takeHotspots = async (
  deps: TakeDeps,
  text: string,
  options: TakeOptions = {},
): Promise<TakeOutcome> => {
  const { settings, locate, clock } = deps;
  const table = readHotspots(text);
  if (table.kind === 'unreadable') return table;
  const county = deps.county();
  if (county === null) return { kind: 'no_county' };
  const maxAgeMs = options.maxAgeMs ?? settings.maxAgeS * 1000;
  const placed = table.hotspots.map((hotspot) => {
    return { ...hotspot, radiusM: radiusM(hotspot, locate) };
  });
  const ours = clip(placed, { now: clock.now(), maxAgeMs, ...county });
  const fresh = sift(ours.hotspots, await seenAround(deps, ours.hotspots), settings.minConfidence);
  const summary: HotspotSummary = {
    rows: table.rows,
    faults: [...table.faults, ...ours.faults],
    leftOut: { ...ours.leftOut, ...fresh.leftOut },
    recorded: 0,
    opened: 0,
  };
  for (const [i, area] of fresh.areas.entries()) {
    if (options.dryRun === true) summary.recorded += 1;
    else count(summary, area, await report(deps, area));
    options.onProgress?.(i + 1, fresh.areas.length);
  }
  summary.faults.sort((a, b) => a.line - b.line);
  return { kind: 'taken', ...summary };
};

const count = (summary: HotspotSummary, { hotspots }: HotArea, outcome: Outcome): void => {
  if (outcome.kind === 'recorded') {
    summary.recorded += 1;
    if (outcome.opened) summary.opened += 1;
  } else if (outcome.kind === 'rejected') {
    const message = `${outcome.reason} (dead letter ${outcome.deadLetterId})`;
    summary.faults.push({ line: hotspots[0]?.line ?? 0, message });
  } else {
    // Another process took the same table meanwhile.
    summary.leftOut.known += hotspots.length;
  }
};

const seenAround = async (
  { seen }: TakeDeps,
  hotspots: readonly Placed[],
): Promise<SeenPlace[]> => {
  if (hotspots.length === 0) return [];
  const times = hotspots.map(({ observedAt }) => observedAt.getTime());
  const [first, last] = times.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Infinity, -Infinity],
  );
  return seen({
    deviceIds: [...new Set(hotspots.map(({ satellite }) => satellite.id))],
    from: new Date(first - OVERPASS_MS),
    to: new Date(last + OVERPASS_MS),
  });
};

const report = async (deps: TakeDeps, area: HotArea): Promise<Outcome> => {
  const { satellite } = area;
  if ((await deps.registry.resolve(satellite.id)) === undefined) await deps.register(satellite);
  return deps.ingest.handle({
    topic: `fengsui/v1/satellite/${satellite.id}/detection`,
    payload: Buffer.from(JSON.stringify(messageOf(area))),
    publisherId: null,
  });
};

/** The native message, with the rows it was made of. */
const messageOf = ({ observedAt, position, radiusM: radius, confidence, hotspots }: HotArea) => {
  const [lon, lat] = position;
  const at = observedAt.toISOString();
  return {
    // To 100 m: a row published anew is rarely the same to the last digit.
    id: `${at}:${lon.toFixed(3)},${lat.toFixed(3)}`,
    at,
    kind: 'heat',
    confidence,
    lon,
    lat,
    positionRadiusM: Math.round(radius),
    frpMw: hotspots.reduce((sum, { frpMw }) => sum + (frpMw ?? 0), 0),
    rows: hotspots.slice(0, MAX_ROWS_KEPT).map(({ row }) => row.slice(0, 300)),
  };
};

/** A message may have 256 KiB. */
const MAX_ROWS_KEPT = 400;
