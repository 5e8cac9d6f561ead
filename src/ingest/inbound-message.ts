export type InboundMessage = {
  topic: string;
  payload: Buffer;
  /** The login that published it, where the broker tells us. */
  publisherId: string | null;
  /** That came with it, of all the detections in it. */
  pictures?: readonly Buffer[];
};

/** A message with our time of its arrival. */
export type Arrival = { message: InboundMessage; receivedAt: Date };
