import { AppError } from '../shared/app-error.ts';

/** What webhooks are signed with. For a while after a rotation the old secrets sign along, so that no receiver is cut off. */
export type WebhookSecrets = {
  current: string;
  /** Newest first; each signs along until its time. */
  previous: readonly { secret: string; until: Date }[];
};

/** How long a secret that was replaced signs along. */
export const OVERLAP_MS = 24 * 3_600_000;

/** Those to sign with, the current one first. */
export const signingSecrets = ({ current, previous }: WebhookSecrets, now: Date): string[] => [
  current,
  ...previous.filter(({ until }) => until > now).map(({ secret }) => secret),
];

/** The new secret takes the place of the current one; what has run out is forgotten. */
export const rotate = (secrets: WebhookSecrets, fresh: string, now: Date): WebhookSecrets => ({
  current: fresh,
  previous: [
    { secret: secrets.current, until: new Date(now.getTime() + OVERLAP_MS) },
    ...secrets.previous.filter(({ until }) => until > now),
  ],
});

/**
 * The secrets WEBHOOK_SECRET names: one, or the new and the old one with a space between. Throws AppError('startup') for
 * one that cannot sign.
 */
export const readWebhookSecrets = (text: string): [string, ...string[]] => {
  const [first = '', ...more] = text.trim().split(/\s+/);
  const secrets: [string, ...string[]] = [first, ...more];
  for (const secret of secrets) checkSecret(secret);
  return secrets;
};

const checkSecret = (secret: string): void => {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (/^whsec_[A-Za-z0-9+/]+=*$/.test(secret) && bytes.length >= 24 && bytes.length <= 64) return;
  throw new AppError(
    'startup',
    'WEBHOOK_SECRET is not "whsec_" followed by 24 to 64 bytes in base64; set e.g. WEBHOOK_SECRET=whsec_$(openssl rand -base64 32)',
  );
};
