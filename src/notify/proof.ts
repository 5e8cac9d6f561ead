import type { PartReference } from './message-reference.ts';

/** An attempt to the same address with the same reference, whatever has become of it. */
export type ReferencedAttempt = {
  provider: string;
  startedAt: Date;
  outcome: 'submitted' | 'failed' | 'unknown' | null;
};

/** A receipt that says that a part was delivered, and names it by our reference. */
export type ReferencedReceipt = {
  messageId: string;
  reference: PartReference;
  receivedAt: Date;
};

/**
 * The pause before what ended unknown is sent again is six seconds; a receipt that comes much later has nothing left to
 * prevent, and the longer the time the more receipts of others fall into it.
 */
export const PROVES_FOR_MS = 5 * 60_000;
/** Between the machine that sent a message and the one its receipt comes to. */
const CLOCK_SKEW_MS = 2_000;

/**
 * The ids the provider gave to the parts of a message whose answer we have lost, in order; undefined when the receipts do
 * not prove that it has all of it. `attempts` are all of the last days to that address with that reference. They prove it
 * only if
 * - the attempts are of one message, by that provider, and we do not know what has become of it: where there are two, or
 *   the one has an outcome, the receipts may be of another, and to think a message sent that was not is far worse than to
 *   send it twice;
 * - each part was reported delivered soon after it was begun, each under one id.
 */
export const proveSubmitted = (
  provider: string,
  attempts: readonly ReferencedAttempt[],
  receipts: readonly ReferencedReceipt[],
): string[] | undefined => {
  const [first] = attempts;
  if (first === undefined || first.provider !== provider) return undefined;
  const startedMs = first.startedAt.getTime();
  const isOneMessage = attempts.every(
    (other) => other.provider === provider && other.startedAt.getTime() === startedMs,
  );
  const isOpen = attempts.every(({ outcome }) => outcome === null || outcome === 'unknown');
  if (!isOneMessage || !isOpen) return undefined;
  return idsOfParts(
    receipts.filter(({ receivedAt }) => {
      const afterMs = receivedAt.getTime() - startedMs;
      return afterMs >= -CLOCK_SKEW_MS && afterMs <= PROVES_FOR_MS;
    }),
  );
};

const idsOfParts = (receipts: readonly ReferencedReceipt[]): string[] | undefined => {
  const parts = receipts[0]?.reference.parts;
  const ids: string[] = [];
  for (const { messageId, reference } of receipts) {
    const index = reference.part - 1;
    if (reference.parts !== parts || (ids[index] ?? messageId) !== messageId) return undefined;
    ids[index] = messageId;
  }
  // Counted by hand: an array with holes has the length of its last.
  return Object.keys(ids).length === parts ? ids : undefined;
};
