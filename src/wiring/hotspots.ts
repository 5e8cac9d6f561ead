import { type DeviceRegistry, registerUnlessKnown } from '../devices/index.ts';
import {
  countyArea,
  createHotspotWorker,
  feedHealth,
  feedsOf,
  type HotspotSummary,
  listFeeds,
  type TakeDeps,
} from '../hotspots/index.ts';
import { listSatelliteDetections } from '../incidents/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import type { Pool } from '../shared/db.ts';
import { hotspotSettings } from '../shared/hotspot-config.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { Part } from '../shared/part.ts';
import type { Intake } from './intake.ts';

export type Hotspots = {
  parts: Part[];
  /** How the feeds are; undefined = none is set up. */
  health: (() => Promise<{ ok: boolean; detail: string }>) | undefined;
};

type HotspotParts = {
  shared: Pool;
  regions: RegionIndex;
  registry: DeviceRegistry;
  intake: Intake;
};

/** What satellites see, by the same way as the alarms of cameras. */
export const createTakeDeps = (
  { config, clock }: Pick<Context, 'config' | 'clock'>,
  { shared, regions, registry, intake }: HotspotParts,
): TakeDeps => {
  const settings = hotspotSettings(config);
  return {
    ingest: intake.ingest,
    registry,
    register: async ({ id, name, sensor }) => {
      const properties = { sensor };
      await registerUnlessKnown(shared, { id, kind: 'satellite', name, properties });
    },
    seen: async (query) => {
      const found = await listSatelliteDetections(shared, query);
      return found.map(({ deviceId, observedAt, fix: { lon, lat, ellipse } }) => {
        return { deviceId, observedAt, position: [lon, lat], radiusM: ellipse.semiMajorM };
      });
    },
    county: () => countyArea(regions, settings),
    settings,
    locate: config.locate,
    clock,
  };
};

/** The worker that fetches them, in processes with the role `ingest`, and what is known of it in any. */
export const createHotspots = (context: Context, parts: HotspotParts): Hotspots => {
  const { env, clock, metrics } = context;
  const { firmsMapKey: mapKey, everyS } = env.hotspots;
  const feeds = feedsOf(env.hotspots);
  if (feeds.length === 0) return { parts: [], health: undefined };
  const states = () =>
    listFeeds(
      parts.shared,
      feeds.map(({ name }) => name),
    );
  metrics.watchHotspotFeeds(async () =>
    Object.fromEntries(
      (await states()).flatMap(({ name, succeededAt }) =>
        succeededAt === null
          ? []
          : [[name, (clock.now().getTime() - succeededAt.getTime()) / 1000] as const],
      ),
    ),
  );
  const worker = createHotspotWorker({
    ...createTakeDeps(context, parts),
    pool: parts.shared,
    feeds,
    mapKey,
    everyS,
    logger: context.logger.child({ stage: 'hotspots' }),
    onTaken: (summary) => countRows(metrics, summary),
  });
  return {
    parts: context.has('ingest') ? [worker] : [],
    health: async () => feedHealth(await states(), clock.now()),
  };
};

const countRows = (metrics: Metrics, { faults, leftOut, recorded }: HotspotSummary): void => {
  metrics.hotspots.inc({ outcome: 'recorded' }, recorded);
  metrics.hotspots.inc({ outcome: 'faulty' }, faults.length);
  for (const [outcome, count] of Object.entries(leftOut)) metrics.hotspots.inc({ outcome }, count);
};
