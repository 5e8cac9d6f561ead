import type { DjiMessage } from './dji-envelope.ts';

/** A message of ours to a gateway. */
export type Outgoing = { topic: string; payload: string };

export type DjiUpTopic = 'status' | 'events' | 'requests';

/** Result codes of ours. DJI's own scheme has six digits; what a device shows is the number. */
export const RESULT = {
  ok: 0,
  /** Not valid, or not something this service does. */
  failed: 1,
  /** The organisation the technician typed is another one. */
  wrongOrganization: 210_229,
  /** The device belongs to somebody else. */
  boundElsewhere: 210_231,
} as const;

/**
 * The answer to a message: on the topic beside it, with its tid, bid and method. Data holds `result`, except in the
 * answer to `config`, which is the configuration itself.
 */
export const djiReply = (
  { sn, topic, message }: { sn: string; topic: DjiUpTopic; message: DjiMessage },
  data: Record<string, unknown>,
  now: Date,
): Outgoing => {
  const root = topic === 'status' ? 'sys' : 'thing';
  const { tid, bid, method } = message;
  return {
    topic: `${root}/product/${sn}/${topic}_reply`,
    payload: JSON.stringify({
      ...(tid === null ? {} : { tid }),
      ...(bid === null ? {} : { bid }),
      ...(method === null ? {} : { method }),
      timestamp: now.getTime(),
      gateway: sn,
      data,
    }),
  };
};
