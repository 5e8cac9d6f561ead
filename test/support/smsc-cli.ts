import { startSmsc } from './smsc.ts';

/** `npm run smsc [port]`: an SMS centre on loopback that shows every message, for trying the service out. */
const port = Number(process.argv[2] ?? 2775);
const smsc = await startSmsc({ port, autoReceipt: 'DELIVRD' });
process.stdout.write(
  `SMS centre on 127.0.0.1:${smsc.port}; start the service with SMPP_URL=${smsc.url}\n`,
);

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
