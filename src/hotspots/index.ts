export { countyArea } from './county-area.ts';
export { feedHealth } from './feed-health.ts';
export { listFeeds } from './feed-store.ts';
export { feedsOf } from './feed-urls.ts';
export { createHotspotWorker } from './hotspot-worker.ts';
export { importCommand } from './import-command.ts';
export type { HotspotSummary, TakeDeps } from './take-hotspots.ts';
