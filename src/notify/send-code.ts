import type { SendCode } from '../people/index.ts';
import { localTime } from '../shared/local-time.ts';
import { noticeTo } from './notice.ts';
import { forgetCodes } from './notice-store.ts';
import { insertNotifications } from './notification-store.ts';
import { renderCode } from './render-notice.ts';

/** Sends codes that prove contacts as any other message: with retries, attempts and receipts. */
export const createSendCode =
  ({ smsSignature, timeZone }: { smsSignature: string; timeZone: string }): SendCode =>
  async (tx, { contact, code, expiresAt, now }) => {
    await forgetCodes(tx, contact, now);
    const until = localTime(expiresAt, timeZone);
    const text = renderCode({ code, until }, contact.locale, smsSignature);
    const about = { incidentId: null, kind: 'verification', text, now } as const;
    await insertNotifications(tx, [noticeTo(contact, about)], now);
  };
