import type { Line } from './smpp-session.ts';

/** A message somebody wrote, as the provider hands it over. */
export type InboundSms = {
  provider: string;
  /** What it came over: numbers of messages are unique on one line. */
  line: Line;
  sequenceNumber: number;
  /** Phone as the provider writes it: with or without + and country code. */
  sender: string;
  recipient: string;
  text: string;
};
