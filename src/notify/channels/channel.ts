import type { Locale } from '../../people/index.ts';
import type { Part } from '../../shared/part.ts';

/** One attempt to tell one person. */
export type OutgoingMessage = {
  /** The same over all attempts: what a receiver recognises a repeat by. */
  notificationId: string;
  /** 1–1023, another for each attempt: what its receipts are known by when the answer is lost. */
  reference: number;
  attempt: number;
  personId: string;
  address: string;
  locale: Locale;
  text: string;
  /** Structured form for apps and webhooks. */
  payload: Record<string, unknown>;
  /** An earlier attempt ended unknown, so this may be the second copy. */
  repeat: boolean;
};

/**
 * `submitted`: the provider has it. `failed`: the provider does not have it; permanent means that trying again with this
 * provider cannot help, `retryAfterMs` that the provider as a whole asks for a pause (it is busy, nothing is wrong with it
 * or the message). `unknown`: it may have it (no answer in time, a part of it accepted); tried again, marked as a repeat.
 */
export type SendResult =
  | { kind: 'submitted'; providerMessageIds: string[] }
  | { kind: 'failed'; permanent: boolean; reason: string; retryAfterMs?: number }
  | { kind: 'unknown'; reason: string; providerMessageIds?: string[] };

/** A way to tell people. `send` never rejects for what the provider does. */
export type Channel = Part & {
  /** Written to `delivery_attempt.provider`. */
  provider: string;
  /** Every address is a server of its own: one that is broken says nothing of this provider. */
  everyAddressIsAServer?: true;
  send(message: OutgoingMessage): Promise<SendResult>;
  /** Why it cannot send now; null when it can, as far as it knows, and for one that is not set up. */
  trouble(): string | null;
  /** One line for /readyz: what it is and whether it works. */
  status(): string;
};
