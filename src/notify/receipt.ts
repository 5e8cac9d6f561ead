export type ReceiptEvent = 'delivered' | 'read' | 'acknowledged' | 'failed';

/** A receipt as the provider sent it. */
export type ProviderReceipt = {
  provider: string;
  messageId: string;
  /** Digits of the phone, as far as the provider tells. */
  address: string;
  /** Our own number of the part it is about (`encodeReference`), where the provider hands it back. */
  reference?: number;
  event: 'delivered' | 'failed';
  /** Failed in a way that may be different after this pause: a phone that was busy. Without it, failed for good. */
  retryAfterMs?: number;
  at: Date;
  detail: string;
};

/** An attempt a receipt may belong to. */
export type AttemptCandidate = {
  notificationId: string;
  attempt: number;
  address: string;
  providerMessageIds: readonly string[];
};

const withoutZeros = (id: string): string => id.replace(/^0+(?=.)/, '');

/**
 * The ways the same message id is written: some centres answer in hex and report in decimal, or pad with zeros
 * (SMPP 3.4 leaves the form open). The first is the id itself, in lower case.
 */
export const messageIdForms = (id: string): string[] => {
  const plain = withoutZeros(id.toLowerCase());
  const forms = [id.toLowerCase(), plain];
  if (/^\d{1,20}$/.test(plain)) forms.push(BigInt(plain).toString(16));
  if (/^[0-9a-f]{1,16}$/.test(plain)) forms.push(BigInt(`0x${plain}`).toString(10));
  return [...new Set(forms)];
};

/** Compared from the end: the country code may be written or not. */
const COMPARED_DIGITS = 8;
const sameNumber = (a: string, b: string): boolean => {
  const [x, y] = [a, b].map((text) => text.replaceAll(/\D/g, '').slice(-COMPARED_DIGITS));
  return x === y && x !== undefined && x.length === COMPARED_DIGITS;
};

/**
 * The attempt a receipt is about and the id as that attempt knows it. The very same id wins; an id that is the same only
 * in another notation counts when it was also sent to the same number, since 10 in hex is another message's 16.
 */
export const matchReceipt = (
  receipt: { messageId: string; address: string },
  candidates: readonly AttemptCandidate[],
): { candidate: AttemptCandidate; messageId: string } | undefined => {
  const wanted = receipt.messageId.toLowerCase();
  const forms = new Set(messageIdForms(wanted));
  const find = (fits: (id: string, candidate: AttemptCandidate) => boolean) => {
    for (const candidate of candidates) {
      const messageId = candidate.providerMessageIds.find((id) => fits(id, candidate));
      if (messageId !== undefined) return { candidate, messageId };
    }
    return undefined;
  };
  return (
    find((id) => id.toLowerCase() === wanted) ??
    find(
      (id, { address }) =>
        messageIdForms(id).some((form) => forms.has(form)) && sameNumber(address, receipt.address),
    )
  );
};

export type AttemptReceipts = {
  /** Oldest attempt first; only those the provider has taken whole and given ids for. */
  attempts: readonly { messageIds: readonly string[] }[];
  receipts: readonly { messageId: string; event: ReceiptEvent }[];
};

/**
 * What the receipts of a notification add up to: delivered when every part of any attempt is; failed when a part of the
 * newest attempt is, since an older one was followed by it.
 */
export const settleAttempts = ({
  attempts,
  receipts,
}: AttemptReceipts): 'pending' | 'delivered' | 'failed' => {
  const has = (id: string, event: ReceiptEvent): boolean =>
    receipts.some((receipt) => receipt.messageId === id && receipt.event === event);
  const delivered = attempts.some(
    ({ messageIds }) => messageIds.length > 0 && messageIds.every((id) => has(id, 'delivered')),
  );
  if (delivered) return 'delivered';
  const newest = attempts.at(-1)?.messageIds ?? [];
  return newest.some((id) => has(id, 'failed') && !has(id, 'delivered')) ? 'failed' : 'pending';
};
