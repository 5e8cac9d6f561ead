import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { createHarness } from './notify-harness.ts';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
const PHONE = '+8613800000001';
/** A process starts in 2 s, on a busy machine in 15. */
const STARTED_WITHIN_MS = 25_000;

/** Starts a worker that never ends sending, and kills it once it does what `untilSending` waits for. */
const killWhileSending = async (
  args: readonly string[],
  untilSending: (output: NodeJS.ReadableStream) => Promise<unknown>,
): Promise<void> => {
  const script = 'test/support/hanging-worker.ts';
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await untilSending(child.stdout);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
};

describe('a worker that is killed while it sends', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'app' }]);
  });
  afterAll(() => harness.close());

  it('keeps nobody from taking over for more than six seconds after its last sign of life', async () => {
    const { alert } = await harness.openIncident();
    await killWhileSending([harness.database.connectionString], (output) => once(output, 'data'));
    const killedAt = Date.now();
    const { rows } = await harness.pool.query<{ claimed_until: Date }>(
      `select claimed_until from notification where incident_id = $1 and status = 'sending'`,
      [alert.incidentId],
    );
    const [claim] = rows;
    // With half a second to the relay's next sweep, this is what ten seconds in all rest on.
    expect((claim?.claimed_until.getTime() ?? Number.NaN) - killedAt).toBeLessThanOrEqual(6_000);

    let sentAt = 0;
    await harness.start({
      publish: async () => {
        sentAt = Date.now();
      },
    });
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['unknown', 'submitted']);
    expect(sentAt).toBeGreaterThanOrEqual(claim?.claimed_until.getTime() ?? Number.NaN);
    process.stdout.write(`taken over ${String(sentAt - killedAt)} ms after the kill\n`);
  });
});

describe('a worker that is killed when the SMS centre has taken its message', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let smsc: Smsc;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
  });
  afterAll(() => harness.close());
  afterEach(async () => {
    await harness.stopAll();
    await smsc.stop();
  });

  const start = () => harness.start({ channels: { sms: [{ smpp: { url: smsc.url } }] } });

  /** After one message that went well: resolves with the ids of the parts of one whose answer was lost. */
  const loseAnswer = async (): Promise<{ incidentId: string; messageIds: string[] }> => {
    const notify = await start();
    const { alert: before } = await harness.openIncident();
    const { messageIds } = await smsc.waitForSms();
    await Promise.all(messageIds.map((id) => smsc.sendReceipt(id)));
    await harness.expectStatuses(before.incidentId, ['delivered']);
    await notify.stop();

    smsc.onSubmit(() => ({ kind: 'silence' }));
    const { alert } = await harness.openIncident();
    let lost: string[] = [];
    await killWhileSending([harness.database.connectionString, smsc.url], async () => {
      ({ messageIds: lost } = await smsc.waitForSms(
        ({ text }) => text.includes(alert.number),
        STARTED_WITHIN_MS,
      ));
    });
    smsc.onSubmit(() => ({ kind: 'accept' }));
    return { incidentId: alert.incidentId, messageIds: lost };
  };

  it('is not made up for by a second copy where the receipts come in time', async () => {
    smsc = await startSmsc();
    const { incidentId, messageIds } = await loseAnswer();
    // Nobody was there for so long that it could be sent again as soon as somebody is.
    await harness.pool.query(
      `update notification set claimed_until = now() where status = 'sending'`,
    );
    await start();
    for (const id of messageIds) expect(await smsc.sendReceipt(id)).toBe(0);
    const [row] = await harness.expectStatuses(incidentId, ['delivered']);
    expect(row).toMatchObject({ attempts: 1, outcomes: ['submitted'] });
    expect(smsc.messages.filter(({ text }) => text.includes('重复'))).toEqual([]);
  });

  it('is made up for by one, marked, where the centre does not hand the reference back', async () => {
    smsc = await startSmsc({ echoesReference: false });
    const { incidentId, messageIds } = await loseAnswer();
    await start();
    for (const id of messageIds) expect(await smsc.sendReceipt(id)).toBe(0);
    await smsc.waitForSms(({ text }) => text.includes('重复'));
    const [row] = await harness.expectStatuses(incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['unknown', 'submitted']);
  });
});
