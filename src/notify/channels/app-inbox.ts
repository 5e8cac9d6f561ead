import { errorMessage } from '../../shared/app-error.ts';
import type { Publish } from '../../shared/mqtt-publisher.ts';
import type { Channel } from './channel.ts';

/** The person's inbox on MQTT: `fengsui/v1/person/{id}/inbox`, QoS 1, JSON. The same `notificationId` over retries. */
export const createAppInboxChannel = (deps: { publish: Publish }): Channel => ({
  name: 'app-inbox',
  provider: 'mqtt',
  start: async () => undefined,
  stop: async () => undefined,
  async send({ notificationId, personId, text, payload, repeat }) {
    const body = JSON.stringify({ ...payload, notificationId, text, repeat });
    try {
      await deps.publish({ topic: `fengsui/v1/person/${personId}/inbox`, payload: body, qos: 1 });
      return { kind: 'submitted', providerMessageIds: [] };
    } catch (error) {
      return { kind: 'failed', permanent: false, reason: `MQTT: ${errorMessage(error)}` };
    }
  },
  trouble: () => null,
  status: () => 'mqtt',
});
