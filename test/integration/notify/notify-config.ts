/** Retries within a second, and gives up after five attempts. */
export const NOTIFY_CONFIG = {
  smsSignature: '【烽燧】',
  maxAttempts: 5,
  retryBaseMs: 100,
  retryMaxMs: 400,
};
