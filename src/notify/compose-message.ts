import type { ContactChannel, Locale } from '../people/index.ts';
import type { OutgoingMessage } from './channels/channel.ts';
import {
  bundledIncident,
  fitBundle,
  MAX_BUNDLE_SMS_LENGTH,
  renderBundle,
} from './render-bundle.ts';
import { markRepeat } from './repeat-mark.ts';

export type Mate = { id: string; payload: Readonly<Record<string, unknown>> };

/** Of a message that is not an SMS. A spoken one must end some time. */
const MAX_BUNDLE_LENGTH = 1_000;

const maxLengthOf = (channel: ContactChannel): number =>
  channel === 'sms' ? MAX_BUNDLE_SMS_LENGTH : MAX_BUNDLE_LENGTH;

/** Ids of those that go into one message with the first of them, as many as fit. */
export const chooseMates = (
  mates: readonly Mate[],
  { channel, locale, signature }: { channel: ContactChannel; locale: Locale; signature: string },
): string[] => {
  const [lead] = mates;
  if (lead === undefined) return [];
  const named = mates.flatMap((mate) => {
    const incident = bundledIncident(mate.payload);
    return incident === undefined ? [] : [{ id: mate.id, incident }];
  });
  if (named[0]?.id !== lead.id) return [lead.id];
  const count = fitBundle(
    named.map(({ incident }) => incident),
    locale,
    { signature, maxLength: maxLengthOf(channel), fresh: true },
  );
  return named.slice(0, count).map(({ id }) => id);
};

type Member = {
  id: string;
  step: number;
  round: number;
  attempt: number;
  personId: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  text: string;
  payload: Record<string, unknown>;
  bundleId: string;
  messageReference: number;
  repeat: boolean;
};

/** One notification as it stands, or several in one message; `bundleId` is what the receiver knows a repeat by. */
export const composeMessage = (
  members: readonly [Member, ...Member[]],
  signature: string,
): OutgoingMessage => {
  const [lead] = members;
  const { personId, address, locale, attempt } = lead;
  const repeat = members.some((member) => member.repeat);
  const text = members.length === 1 ? lead.text : bundleText(members, signature);
  return {
    notificationId: lead.bundleId,
    reference: lead.messageReference,
    attempt,
    personId,
    address,
    locale,
    text: repeat ? markRepeat(text, locale, signature) : text,
    payload: members.length === 1 ? lead.payload : bundlePayload(members),
    repeat,
  };
};

const bundleText = (members: readonly [Member, ...Member[]], signature: string): string => {
  const [{ locale, channel }] = members;
  const incidents = members.flatMap(({ payload }) => bundledIncident(payload) ?? []);
  const fresh = members.every(({ step, round }) => step === 0 && round === 0);
  return renderBundle(incidents, locale, { signature, maxLength: maxLengthOf(channel), fresh });
};

/** The fields of the first, for who knows no bundles, and all of them. */
const bundlePayload = (members: readonly [Member, ...Member[]]): Record<string, unknown> => ({
  ...members[0].payload,
  type: 'alert_bundle',
  alerts: members.map(({ id, payload }) => ({ ...payload, notificationId: id })),
});
