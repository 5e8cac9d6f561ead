import type { ContactChannel } from '../people/index.ts';

/** Channels that may hold each other up share a lane; SMS and app, which wake people, have one each. */
export const LANES = ['sms', 'app', 'other'] as const;
export type Lane = (typeof LANES)[number];

export const laneOf = (channel: ContactChannel): Lane =>
  channel === 'sms' || channel === 'app' ? channel : 'other';
