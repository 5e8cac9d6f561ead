import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findIncident } from '../../../src/incidents/index.ts';
import type { Person } from '../../../src/people/person.ts';
import type { ChannelConfig } from '../../../src/shared/channel-config.ts';
import { type HttpProvider, startHttpProvider } from '../../support/http-provider.ts';
import { startHooks, TOKEN } from './hooks-app.ts';
import { createHarness } from './notify-harness.ts';

/** Ids are not given out twice. */
const newCallId = ((): (() => string) => {
  let next = 1;
  return () => `call-${next++}`;
})();
const PHONE = '+8613800000001';

describe('calls by an HTTP gateway', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let gateway: HttpProvider;
  let hooks: Awaited<ReturnType<typeof startHooks>>;
  let officer: Person;
  let outcomes: string[];
  /** Ids of the calls of a test. */
  let calls: string[];

  beforeAll(async () => {
    harness = await createHarness();
    officer = await harness.person([{ channel: 'voice', address: PHONE }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    gateway = await startHttpProvider();
    calls = [];
    gateway.onRequest(() => {
      const callId = newCallId();
      calls.push(callId);
      return { json: { ok: true, callId } };
    });
    const channels: ChannelConfig = {
      voice: [
        {
          http: {
            url: `${gateway.url}/call`,
            json: { callee: '{{toNational}}', tts: '{{text}}', lang: '{{locale}}', ref: '{{ref}}' },
            success: { path: 'ok', values: [true] },
            messageId: 'callId',
            callback: {
              token: TOKEN,
              receipt: {
                id: 'call',
                status: 'result',
                delivered: ['answered'],
                failed: ['rejected'],
                retry: ['busy', 'no_answer'],
                retryAfterS: 1,
              },
              reply: { text: 'keys', call: 'call' },
            },
          },
        },
      ],
    };
    hooks = await startHooks(harness.pool, channels);
    ({ outcomes } = await harness.startReplies());
    await harness.start({ channels });
  });
  afterEach(async () => {
    await harness.stopAll();
    await gateway.stop();
    await hooks.stop();
    await harness.pool.query(`update notification set created_at = created_at - interval '2 days'`);
  });

  const open = async () => {
    const { alert } = await harness.openIncident([
      { afterS: 0, to: [{ personId: officer.id }], channels: ['voice'] },
    ]);
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    return alert;
  };
  const result = async (report: Record<string, unknown>): Promise<void> => {
    const answer = await fetch(hooks.url('voice'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
    });
    expect(answer.status).toBe(200);
  };

  it('reads out what happened and which keys to press, without coordinates', async () => {
    await open();
    const { callee, tts, lang } = gateway.requests[0]?.fields ?? {};
    expect({ callee, lang }).toEqual({ callee: '13800000001', lang: 'zh-CN' });
    expect(tts).toMatch(
      /^森林火险报警。(疑似火情，编号[零一二三四五六七八九]{3}。辖区内，\d+点\d+分发现烟雾，位置误差200米。)再说一遍。\1接警请按1，误报请按2，不能到请按0。$/,
    );
  });

  it('calls again when the line was busy or nobody answered, and is delivered when somebody does', async () => {
    const { incidentId } = await open();
    await result({ call: calls[0], result: 'busy' });
    await vi.waitFor(() => expect(gateway.requests).toHaveLength(2), { timeout: 10_000 });
    await harness.expectStatuses(incidentId, ['submitted']);
    // The same report again, late: it is about the first call, not about the one under way.
    await result({ call: calls[0], result: 'busy' });
    await harness.expectStatuses(incidentId, ['submitted']);
    await result({ call: calls[1], result: 'no_answer' });
    await vi.waitFor(() => expect(gateway.requests).toHaveLength(3), { timeout: 10_000 });
    await harness.expectStatuses(incidentId, ['submitted']);
    await result({ call: calls[2], result: 'answered' });
    const [row] = await harness.expectStatuses(incidentId, ['delivered']);
    expect(row?.outcomes).toEqual(['submitted', 'submitted', 'submitted']);
    expect(gateway.requests.map(({ fields }) => String(fields['ref']).slice(-2))).toEqual([
      '-1',
      '-2',
      '-3',
    ]);
  });

  it('does not call again once somebody has taken the fire', async () => {
    const { incidentId } = await open();
    await harness.acknowledge(incidentId);
    await result({ call: calls[0], result: 'busy' });
    await harness.expectStatuses(incidentId, ['failed']);
    expect(gateway.requests).toHaveLength(1);
  });

  it('takes keys pressed for the reply of the one called, about the fire of that call', async () => {
    const first = await open();
    const second = await open();
    // When the key is pressed, and once more when the call is over.
    await result({ call: calls[0], result: 'ringing', keys: '1' });
    await result({ call: calls[0], result: 'answered', keys: '1' });
    await vi.waitFor(() => expect(outcomes).toEqual(['acknowledged']), { timeout: 10_000 });
    const statuses = await Promise.all(
      [first, second].map(async ({ incidentId }) => {
        return (await findIncident(harness.pool, incidentId))?.status;
      }),
    );
    expect(statuses).toEqual(['acknowledged', 'reported']);
    await harness.expectStatuses(first.incidentId, ['delivered']);
    await result({ call: calls[1], result: 'answered', keys: '0' });
    await vi.waitFor(() => expect(outcomes).toEqual(['acknowledged', 'declined']), {
      timeout: 10_000,
    });
  });

  it('understands keys before the gateway has answered, by the reference it was given', async () => {
    let ref = '';
    gateway.onRequest(async ({ fields }) => {
      ref = String(fields['ref']);
      await result({ call: ref, result: 'answered', keys: '1' });
      return { json: { ok: true } };
    });
    const { alert } = await harness.openIncident([
      { afterS: 0, to: [{ personId: officer.id }], channels: ['voice'] },
    ]);
    await vi.waitFor(() => expect(outcomes).toEqual(['acknowledged']), { timeout: 10_000 });
    await harness.expectStatuses(alert.incidentId, ['delivered']);
  });

  it('does nothing about a call that is not ours', async () => {
    await result({ call: 'call-of-others', result: 'answered', keys: '1' });
    const { rows } = await harness.pool.query(
      `select from inbound_message where handled_at is null and provider = 'voice'`,
    );
    expect(rows).toEqual([]);
  });
});
