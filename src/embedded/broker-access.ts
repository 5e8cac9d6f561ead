/** One PUBLISH of a client, or its will. `publisherId` is the user name it logged in with. */
export type BrokerMessage = {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  publisherId: string;
};

/** What the broker asks of the service. `P` is who is logged in. */
export type BrokerAccess<P extends { id: string }> = {
  /** Undefined for an unknown user and a wrong password alike; rejects when that cannot be found out now. */
  authenticate(username: string, password: Buffer): Promise<P | undefined>;
  mayPublish(principal: P, topic: string): boolean;
  /** Asked with a filter on SUBSCRIBE, and with the plain topic of each message before it is delivered. */
  maySubscribe(principal: P, filter: string): boolean;
  /** Settles before PUBACK: resolve once the message is safe. Rejecting makes the client send it again. */
  onPublish(message: BrokerMessage): Promise<unknown>;
  /** A message on a topic its publisher may not use; it is acknowledged and goes nowhere. */
  onRefused(message: BrokerMessage): Promise<void>;
};
