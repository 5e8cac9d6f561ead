import { createInterface } from 'node:readline';
import { startSmsc } from './smsc.ts';

/**
 * `npm run smsc [port]`: an SMS centre on loopback that shows every message, for trying the service out. A line typed as
 * `13800000001 1` is an SMS from that phone.
 */
const port = Number(process.argv[2] ?? 2775);
const smsc = await startSmsc({ port, autoReceipt: 'DELIVRD' });
process.stdout.write(
  `SMS centre on 127.0.0.1:${smsc.port}; start the service with SMPP_URL=${smsc.url}\n`,
);

createInterface({ input: process.stdin }).on('line', (line) => {
  const [from = '', ...words] = line.trim().split(' ');
  if (words.length === 0) return;
  smsc.sendSms(from, words.join(' ')).then(
    (status) => process.stdout.write(status === 0 ? 'sent\n' : `refused: ${status}\n`),
    (error: unknown) => process.stdout.write(`not sent: ${String(error)}\n`),
  );
});

let shown = 0;
for (;;) {
  const next = shown;
  const sms = await smsc.waitForSms(
    (candidate) => smsc.messages.indexOf(candidate) >= next,
    2 ** 31 - 1,
  );
  shown += 1;
  process.stdout.write(
    `\n${sms.at.toISOString()} SMS to +${sms.to} (${sms.parts} part${sms.parts === 1 ? '' : 's'})\n${sms.text}\n`,
  );
}
