import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness } from './notify-harness.ts';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

describe('a worker that is killed while it sends', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'app' }]);
  });
  afterAll(() => harness.close());

  it('keeps nobody from taking over for more than six seconds after its last sign of life', async () => {
    const { alert } = await harness.openIncident();
    const script = 'test/support/hanging-worker.ts';
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', script, harness.database.connectionString],
      { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
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
