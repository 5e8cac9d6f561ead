import { maskAddress } from '../../people/index.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Channel } from './channel.ts';

/** Stands in for a channel that is not configured: the whole message goes to the log, where somebody may see it. */
export const createLogChannel = (deps: {
  /** Which channel it stands in for, and what would make it real. */
  channel: string;
  hint: string;
  logger: Logger;
}): Channel => ({
  name: `log-channel-${deps.channel}`,
  provider: 'log',
  start: async () => undefined,
  stop: async () => undefined,
  async send({ notificationId, personId, address, text }) {
    deps.logger.warn(
      {
        channel: deps.channel,
        notificationId,
        personId,
        address: maskAddress(deps.channel, address),
        text,
      },
      `not sent by ${deps.channel}: ${deps.hint}`,
    );
    return { kind: 'submitted', providerMessageIds: [] };
  },
  trouble: () => null,
  status: () => `log: ${deps.hint}`,
});
