import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type ReceivedMail = { from: string; to: string[]; raw: string };

/** What the server does when it has the whole mail: takes it, refuses it, or says nothing. */
export type MailReaction = 'accept' | 'silence' | { code: number; text: string };

export type MailServer = {
  url: string;
  mails: ReceivedMail[];
  onMail(react: (mail: ReceivedMail, count: number) => MailReaction): void;
  /** Refuses a recipient before the mail. */
  onRecipient(react: (address: string, count: number) => MailReaction): void;
  stop(): Promise<void>;
};

/** A mail server on loopback that speaks SMTP; user `fengsui`, password `secret`. */
export const startMailServer = async (): Promise<MailServer> => {
  const mails: ReceivedMail[] = [];
  let seen = 0;
  let asked = 0;
  let onMail: (mail: ReceivedMail, count: number) => MailReaction = () => 'accept';
  let onRecipient: (address: string, count: number) => MailReaction = () => 'accept';
  const answer = (reaction: MailReaction, done: (error?: Error | null) => void): void => {
    if (reaction === 'accept') done();
    else if (reaction !== 'silence') {
      done(Object.assign(new Error(reaction.text), { responseCode: reaction.code }));
    }
  };
  const options: SMTPServerOptions = {
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth(auth, _session, done) {
      if (auth.username === 'fengsui' && auth.password === 'secret')
        done(null, { user: 'fengsui' });
      else done(Object.assign(new Error('Authentication failed'), { responseCode: 535 }));
    },
    onRcptTo({ address }, _session, done) {
      asked += 1;
      answer(onRecipient(address, asked), done);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        };
        seen += 1;
        const reaction = onMail(mail, seen);
        if (reaction === 'accept') mails.push(mail);
        answer(reaction, done);
      });
    },
  };
  const server = new SMTPServer(options);
  // A client that goes away in the middle is what some tests are about.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://fengsui:secret@127.0.0.1:${port}`,
    mails,
    onMail(next) {
      onMail = next;
    },
    onRecipient(next) {
      onRecipient = next;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const connection of server.connections) connection.close();
        server.close(() => resolve());
      }),
  };
};
