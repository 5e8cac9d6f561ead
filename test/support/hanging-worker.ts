// A worker of its own process, for tests that kill it: takes what is due and never ends sending it, to the app or (given its
// address) by an SMS centre that does not answer.
import { pino } from 'pino';
import { createNotify } from '../../src/notify/index.ts';
import { createRegionLookup } from '../../src/people/index.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createPool } from '../../src/shared/db.ts';
import { createListener } from '../../src/shared/listener.ts';

const [, , connectionString = '', smppUrl] = process.argv;
const logger = pino({ level: 'silent' });
const pool = createPool({ connectionString, name: 'killed', max: 4, logger });
const listener = createListener(connectionString, logger);
await listener.start();
const notify = createNotify({
  pool,
  sending: pool,
  connectionString,
  redisUrl: undefined,
  channels: smppUrl === undefined ? {} : { sms: [{ smpp: { url: smppUrl } }] },
  webhookSecret: undefined,
  config: { smsSignature: '【烽燧】', maxAttempts: 5, retryBaseMs: 100, retryMaxMs: 400 },
  regions: createRegionLookup([]),
  timeZone: 'Asia/Shanghai',
  listener,
  publish: () => {
    process.stdout.write('sending\n');
    return new Promise(() => undefined);
  },
  onGivenUp: async () => undefined,
  onSms: async () => undefined,
  metrics: { submitted: () => undefined, failed: () => undefined },
  clock: systemClock,
  logger,
});
await notify.start();
