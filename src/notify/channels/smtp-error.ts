import { errorMessage } from '../../shared/app-error.ts';
import type { SendResult } from './channel.ts';

export type MailOutcome = { result: SendResult; trouble: string | null };

/** As nodemailer fills them in. */
type MailError = {
  code?: string;
  /** Of SMTP; only where the server has answered. */
  responseCode?: number;
  command?: string;
  timeoutType?: string;
  syscall?: string;
};

/** The server is busy, or has too many connections; 450 to 452 speak of one mailbox, and of greylisting. */
const BUSY = 421;
const BUSY_PAUSE_MS = 5_000;

/**
 * What became of a mail that nodemailer could not deliver. A server's 4xx asks to try again, its 5xx about the recipient or
 * the mail is final; about the login or the sender it is the provider's trouble. A connection that broke or fell silent
 * once it stood is `unknown`: the mail may be on its way.
 */
export const readMailError = (error: unknown): MailOutcome => {
  const { code = '', responseCode, command = '', timeoutType, syscall } = error as MailError;
  const reason = errorMessage(error);
  const failed = (more: { permanent?: boolean; retryAfterMs?: number } = {}): SendResult => ({
    kind: 'failed',
    permanent: false,
    ...more,
    reason,
  });
  if (responseCode !== undefined && code !== 'EAUTH') {
    if (responseCode === BUSY) {
      return { result: failed({ retryAfterMs: BUSY_PAUSE_MS }), trouble: null };
    }
    if (/^(RCPT TO|DATA)/.test(command)) {
      return { result: failed({ permanent: responseCode >= 500 }), trouble: null };
    }
    return { result: failed(), trouble: reason };
  }
  const neverSent =
    ['EAUTH', 'ENOAUTH', 'EDNS', 'ETLS', 'EREQUIRETLS'].includes(code) ||
    (timeoutType !== undefined && timeoutType !== 'SOCKET_TIMEOUT') ||
    syscall === 'connect';
  // An address that nodemailer itself refuses goes nowhere.
  if (code === 'EENVELOPE') return { result: failed({ permanent: true }), trouble: null };
  return { result: neverSent ? failed() : { kind: 'unknown', reason }, trouble: reason };
};
