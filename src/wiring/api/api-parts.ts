import type { DeviceRegistry } from '../../devices/index.ts';
import type { Notify } from '../../notify/index.ts';
import type { RegionIndex } from '../../people/index.ts';
import type { ResourceIndex } from '../../resources/index.ts';
import type { Pool } from '../../shared/db.ts';
import type { VisibleRegions } from '../../shared/http.ts';
import type { Bus } from '../bus.ts';
import type { Hotspots } from '../hotspots.ts';
import type { Images } from '../images.ts';
import type { Intake } from '../intake.ts';

/** What the HTTP side reads from and acts through. */
export type ApiParts = {
  shared: Pool;
  regions: RegionIndex;
  registry: DeviceRegistry;
  resources: ResourceIndex;
  images: Images;
  intake: Intake;
  hotspots: Hotspots;
  bus: Bus;
  notify: Notify;
};

/** What its routes have besides: a pool of their own, and who may see what. */
export type RouteParts = ApiParts & { pool: Pool; visibleRegions: VisibleRegions };
