import type { Health } from '../../api/index.ts';
import type { Context } from '../../pipeline.ts';
import type { ApiParts } from './api-parts.ts';

/** What /readyz looks at. */
export const createHealth = (
  context: Context,
  { shared, resources, hotspots, bus, notify }: ApiParts,
): Health => ({
  checks: {
    database: async () => {
      await shared.query('select 1');
      return { ok: true };
    },
    mqtt: () =>
      bus.connected() ? { ok: true } : { ok: false, detail: 'the MQTT broker is out of reach' },
    ...(hotspots.health === undefined ? {} : { hotspots: hotspots.health }),
    ...(context.has('api')
      ? {
          resources: () => {
            const { state, resources: count } = resources.state();
            return { ok: state !== 'loading', detail: `${state}, ${String(count)} resources` };
          },
        }
      : {}),
  },
  // Only the role that sends knows whether it can.
  ...(context.has('notify')
    ? { channels: () => notify.channelStatus(), providers: () => notify.providers() }
    : {}),
});
