import { createTransport } from 'nodemailer';
import type { SmtpConfig } from '../../shared/channel-config.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import { createLastTrouble } from './last-trouble.ts';
import { createSemaphore } from './semaphore.ts';
import { type MailOutcome, readMailError } from './smtp-error.ts';

export type EmailDeps = {
  name: string;
  config: SmtpConfig;
  clock: Clock;
};

const TIMEOUT_S = 10;
/** Mail servers refuse who opens many connections at once. */
const WINDOW = 5;
const MAX_SUBJECT = 100;

/**
 * E-mail by one SMTP server, a connection each: alarms are few, and a connection kept for hours would be dead when it is
 * needed. Message-ID is the notification's id and stays the same over retries, so that a second copy is recognised.
 */
export const createEmailChannel = ({ name, config, clock }: EmailDeps): Channel => {
  const timeoutMs = (config.timeoutS ?? TIMEOUT_S) * 1_000;
  const transport = createTransport({
    url: config.url,
    // Shorter than the last, which would else come first and leave open whether anything was sent.
    connectionTimeout: timeoutMs / 2,
    greetingTimeout: timeoutMs / 2,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const window = createSemaphore(WINDOW);
  const trouble = createLastTrouble(clock);
  const { host } = new URL(config.url);
  const domain = /@([^\s<>@]+)>?\s*$/.exec(config.from)?.[1] ?? host;

  const deliver = async (message: OutgoingMessage): Promise<MailOutcome> => {
    const messageId = `<${message.notificationId}@${domain}>`;
    try {
      await transport.sendMail({
        from: config.from,
        to: message.address,
        subject: subjectOf(message.text),
        text: bodyOf(message),
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...(message.payload['type'] === 'alert' ? { priority: 'high' as const } : {}),
      });
      const submitted: SendResult = { kind: 'submitted', providerMessageIds: [messageId] };
      return { result: submitted, trouble: null };
    } catch (error) {
      return readMailError(error);
    }
  };

  return {
    name: `email-${name}`,
    provider: name,
    start: async () => undefined,
    stop: async () => transport.close(),
    async send(message) {
      const outcome = await window.run(() => deliver(message));
      trouble.set(outcome.trouble);
      return outcome.result;
    },
    trouble: () => trouble.get(),
    status() {
      const reason = trouble.get();
      return reason === null ? `${name}: ${host}` : `${name}: ${host}: ${reason}`;
    },
  };
};

/** The first words of the text: signature, number, what and where. */
export const subjectOf = (text: string): string => {
  const [first = ''] = text.split(/[，。；\r\n]|[,.;] /, 1);
  return first.length <= MAX_SUBJECT ? first : `${first.slice(0, MAX_SUBJECT - 1)}…`;
};

const bodyOf = ({ text, payload }: OutgoingMessage): string => {
  const link = payload['mapUrl'];
  return typeof link === 'string' ? `${text}\n\n${link}\n` : `${text}\n`;
};
