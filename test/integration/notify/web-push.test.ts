import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.ts';
import type { Channel, OutgoingMessage } from '../../../src/notify/channels/channel.ts';
import { createWebPushChannel } from '../../../src/notify/channels/web-push.ts';
import { pushRoutes } from '../../../src/notify/index.ts';
import { vapidKeys } from '../../../src/notify/web-push/vapid-keys.ts';
import type { Person } from '../../../src/people/index.ts';
import { changePerson } from '../../../src/people/write-person.ts';
import { AppError } from '../../../src/shared/app-error.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { App } from '../../../src/shared/http.ts';
import { createMetrics } from '../../../src/shared/metrics.ts';
import { createOutboundFetch } from '../../../src/shared/outbound-fetch.ts';
import { type Answer, startAnswerServer } from './answer-server.ts';
import { createHarness, LOOPBACK } from './notify-harness.ts';
import { createBrowser, vapidFault } from './push-browser.ts';

const WEB_PUSH = { subject: 'mailto:it@example.org' };
const SUBSCRIPTIONS = '/api/v1/push/subscriptions';
const CREATED: Answer = { status: 201, headers: { location: '/message/1' } };
type Listed = { id: string; endpoint: string; lastError?: string; lastSuccessAt?: string };

describe('Web Push', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let service: Awaited<ReturnType<typeof startAnswerServer>>;
  let channel: Channel;
  let app: App;
  let person: Person;

  beforeAll(async () => {
    harness = await createHarness();
    app = await createPushApp(WEB_PUSH);
  });
  afterAll(async () => {
    await app.close();
    await harness.close();
  });
  beforeEach(async () => {
    await harness.pool.query('update contact_method set disabled_at = now()');
    service = await startAnswerServer(() => CREATED);
    person = await harness.person([]);
    channel = createWebPushChannel({
      config: WEB_PUSH,
      pool: harness.pool,
      fetch: createOutboundFetch({ allow: LOOPBACK }),
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      timeoutMs: 1_000,
    });
  });
  afterEach(async () => {
    await harness.stopAll();
    await service.stop();
  });

  /** The token is the person's id; `nobody` is an account without a person. */
  const createPushApp = (webPush: typeof WEB_PUSH | undefined, allow = LOOPBACK): Promise<App> =>
    createApp({
      logger: pino({ level: 'silent' }),
      auth: {
        async authenticate(token) {
          if (token === '') throw new AppError('unauthorized', 'no');
          const personId = token === 'nobody' ? null : token;
          return { username: token, personId, roles: ['duty_officer'], regionIds: [] };
        },
      },
      health: { checks: {} },
      metrics: createMetrics(),
      routes: [pushRoutes({ pool: harness.pool, webPush, allow, clock: systemClock })],
    });
  const as = (who: string) => ({ authorization: `Bearer ${who}` });
  const post = (payload: object, who = person.id, to = app) =>
    to.inject({ method: 'POST', url: SUBSCRIPTIONS, headers: as(who), payload });
  const list = async (who = person.id): Promise<Listed[]> =>
    (await app.inject({ url: SUBSCRIPTIONS, headers: as(who) })).json<{ items: Listed[] }>().items;
  const contactsOf = async (id = person.id) =>
    (
      await harness.pool.query(
        `select address, verified, disabled_at from contact_method where person_id = $1 and channel = 'web_push'`,
        [id],
      )
    ).rows;
  const subscribeBrowser = async (name: string, who = person.id) => {
    const browser = createBrowser(`${service.origin}/push/${name}`);
    const answer = await post(browser.subscription, who);
    expect(answer.statusCode).toBe(201);
    return { ...browser, id: answer.json<Listed>().id };
  };
  const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
    notificationId: '01930000-0000-7000-8000-000000000001',
    reference: 1,
    attempt: 1,
    personId: person.id,
    address: person.id,
    locale: 'zh-CN',
    text: '【烽燧】火情AR-20261102-001：烟，云台村',
    payload: { type: 'alert', number: 'AR-20261102-001', incidentId: 'i-1' },
    repeat: false,
    ...change,
  });

  it('is opened by these tests as the example of RFC 8291 says', () => {
    const browser = createBrowser(
      'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
      {
        privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
    );
    const body =
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN';
    expect(browser.decrypt(Buffer.from(body, 'base64url'))).toBe(
      'When I grow up, I want to be a watermelon',
    );
  });

  describe('sending', () => {
    it('reaches every browser, encrypted for it alone and signed as the browser expects', async () => {
      const [one, two] = [await subscribeBrowser('one'), await subscribeBrowser('two')];
      expect(await channel.send(message())).toEqual({
        kind: 'submitted',
        providerMessageIds: ['/message/1', '/message/1'],
      });
      const { publicKey } = await vapidKeys(harness.pool, WEB_PUSH);
      for (const [browser, other, path] of [
        [one, two, '/push/one'],
        [two, one, '/push/two'],
      ] as const) {
        const call = service.calls.find(({ url }) => url.pathname === path);
        if (call === undefined) throw new Error(`nothing came to ${path}`);
        expect(vapidFault(call, publicKey)).toBeNull();
        expect(call.headers).toMatchObject({
          'content-encoding': 'aes128gcm',
          ttl: '14400',
          urgency: 'high',
          topic: '01930000000070008000000000000001',
        });
        expect(browser.open(call.body)).toMatchObject({
          title: '烽燧 AR-20261102-001',
          body: message().text,
          lang: 'zh-CN',
          tag: 'i-1',
          urgent: true,
          incidentId: 'i-1',
        });
        expect(() => other.open(call.body)).toThrow(/authenticate/);
        expect(call.body.includes('AR-20261102')).toBe(false);
      }
      expect((await list()).every(({ lastSuccessAt }) => lastSuccessAt !== undefined)).toBe(true);
    });

    it('is submitted when one push service takes it, and forgets a browser that is gone', async () => {
      await subscribeBrowser('one');
      await subscribeBrowser('two');
      service.answers.push({ status: 410 });
      expect(await channel.send(message())).toMatchObject({ kind: 'submitted' });
      expect(await list()).toHaveLength(1);
      service.answers.push({ status: 404 });
      expect(await channel.send(message())).toEqual({
        kind: 'failed',
        permanent: true,
        reason: 'HTTP 404',
      });
      expect([await list(), await contactsOf()]).toEqual([[], []]);
      expect(await channel.send(message())).toEqual({
        kind: 'failed',
        permanent: true,
        reason: 'no browser has subscribed',
      });
    });

    it.each<[string, Answer, object]>([
      [
        'waits as long as a push service asks',
        { status: 429, headers: { 'retry-after': '17' } },
        { kind: 'failed', permanent: false, retryAfterMs: 17_000 },
      ],
      [
        'tries again after trouble there',
        { status: 503, body: 'busy' },
        { kind: 'failed', permanent: false, reason: 'HTTP 503 busy' },
      ],
      [
        'gives up where its signature is refused',
        { status: 403, body: 'the VAPID key does not match' },
        { kind: 'failed', permanent: true, reason: 'HTTP 403 the VAPID key does not match' },
      ],
      [
        'follows no redirect',
        { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
        { kind: 'failed', permanent: true, reason: 'HTTP 307' },
      ],
      [
        'does not know what became of it without an answer',
        'hang',
        { kind: 'unknown', reason: 'no answer in 1000 ms' },
      ],
      ['the same when the connection breaks', 'drop', { kind: 'unknown' }],
    ])('%s', async (_name, answer, expected) => {
      await subscribeBrowser('one');
      service.answers.push(answer);
      expect(await channel.send(message())).toMatchObject(expected);
      expect((await list())[0]?.lastError).toBeDefined();
      expect(await channel.send(message({ attempt: 2 }))).toMatchObject({ kind: 'submitted' });
      expect(new Set(service.calls.map(({ headers }) => headers['topic'])).size).toBe(1);
    });

    it('keeps within what push services take, and cuts further where one says so', async () => {
      const browser = await subscribeBrowser('one');
      const long = message({ text: `【烽燧】${'长🔥'.repeat(2_000)}` });
      service.answers.push({ status: 413 }, CREATED);
      expect(await channel.send(long)).toMatchObject({ kind: 'submitted' });
      const sizes = service.calls.map(({ body }) => body.length);
      expect(sizes).toHaveLength(2);
      expect(sizes[0]).toBeLessThanOrEqual(3_000 + 103);
      expect(sizes[1]).toBeLessThanOrEqual(1_000 + 103);
      const { body } = browser.open(service.calls[1]?.body ?? Buffer.alloc(0));
      expect(body).toMatch(/^【烽燧】(长🔥)+长?…$/);
    });

    it('does not post into a network that is not allowed', async () => {
      await subscribeBrowser('one');
      const careful = createWebPushChannel({
        config: WEB_PUSH,
        pool: harness.pool,
        fetch: createOutboundFetch({ allow: [] }),
        clock: systemClock,
        logger: pino({ level: 'silent' }),
      });
      expect(await careful.send(message())).toMatchObject({ kind: 'failed', permanent: true });
      expect(service.calls).toEqual([]);
    });
  });

  describe('subscribing', () => {
    it('makes a verified contact, and unsubscribing the last browser removes it', async () => {
      const [one, two] = [await subscribeBrowser('one'), await subscribeBrowser('two')];
      expect(await contactsOf()).toEqual([
        { address: person.id, verified: true, disabled_at: null },
      ]);
      const remove = (id: string, who = person.id) =>
        app.inject({ method: 'DELETE', url: `${SUBSCRIPTIONS}/${id}`, headers: as(who) });
      const stranger = await harness.person([]);
      expect((await remove(one.id, stranger.id)).statusCode).toBe(404);
      expect((await remove(one.id)).statusCode).toBe(204);
      expect(await contactsOf()).toHaveLength(1);
      expect((await remove(two.id)).statusCode).toBe(204);
      expect((await remove(two.id)).statusCode).toBe(404);
      expect(await contactsOf()).toEqual([]);
    });

    it('again with the same browser changes nothing; somebody else there takes it over', async () => {
      await subscribeBrowser('one');
      await subscribeBrowser('one');
      expect(await list()).toHaveLength(1);
      const relief = await harness.person([]);
      await subscribeBrowser('one', relief.id);
      expect([await list(), await contactsOf()]).toEqual([[], []]);
      expect(await list(relief.id)).toHaveLength(1);
    });

    it('keeps the ten newest browsers', async () => {
      for (let n = 0; n < 12; n += 1) await subscribeBrowser(`b${n}`);
      const names = (await list()).map(({ endpoint }) => endpoint.split('/').at(-1));
      expect(names).toEqual(Array.from({ length: 10 }, (_, n) => `b${n + 2}`));
    });

    it('ends when an admin takes the contact away', async () => {
      await subscribeBrowser('one');
      await changePerson({ pool: harness.pool }, person.id, { contacts: [] });
      expect(await list()).toEqual([]);
    });

    it('names every wrong field', async () => {
      const { subscription } = createBrowser('https://10.0.0.1/push');
      const errors = async (payload: object, allow = LOOPBACK): Promise<string[]> => {
        const strict = await createPushApp(WEB_PUSH, allow);
        const answer = await post(payload, person.id, strict);
        await strict.close();
        expect(answer.statusCode).toBe(422);
        return answer
          .json<{ errors: { path: string; message: string }[] }>()
          .errors.map(({ path, message: text }) => `${path} ${text}`);
      };
      expect(await errors({ ...subscription, keys: { p256dh: 'BA', auth: 'x' } })).toEqual([
        'endpoint 10.0.0.1 is a private address; if it is meant, add its network to webhook.allow in channels.json',
        'keys.p256dh is not a P-256 public key in base64url',
        'keys.auth is not 16 bytes in base64url',
      ]);
      const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url');
      const keys = { ...subscription.keys, p256dh: offCurve };
      expect(await errors({ endpoint: 'http://push.example.org/1', keys })).toEqual([
        'endpoint is not an https:// URL',
        'keys.p256dh is not a P-256 public key in base64url',
      ]);
      const own = { ...subscription, endpoint: `${service.origin}/1` };
      expect(await errors(own, [])).toMatchObject([/^endpoint 127\.0\.0\.1 is a loopback/]);
    });

    it('is for persons, and where Web Push is set up', async () => {
      const { subscription } = createBrowser(`${service.origin}/push/1`);
      const nobody = await post(subscription, 'nobody');
      expect(nobody.statusCode).toBe(409);
      expect(await list('nobody')).toEqual([]);
      const without = await createPushApp(undefined);
      const key = await without.inject({
        url: '/api/v1/push/vapid-key',
        headers: as(person.id),
      });
      expect([key.statusCode, key.json<{ detail: string }>().detail]).toMatchObject([
        404,
        expect.stringContaining('channels.json'),
      ]);
      await without.close();
    });

    it('is to a key that stays the same', async () => {
      const keyOf = async () =>
        (await app.inject({ url: '/api/v1/push/vapid-key', headers: as(person.id) })).json();
      const first = await keyOf();
      expect(first).toEqual({ publicKey: expect.stringMatching(/^[\w-]{87}$/) });
      expect(await keyOf()).toEqual(first);
    });
  });

  describe('as a channel of the service', () => {
    it('alerts the person, and the browser says what became of it', async () => {
      const browser = await subscribeBrowser('one');
      await harness.start({ channels: { webPush: WEB_PUSH, webhook: { allow: LOOPBACK } } });
      const { alert } = await harness.openIncident(
        [{ afterS: 0, to: [{ onDuty: true }], channels: ['app'] }],
        { setUp: new Set(['web_push']) },
      );
      const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
      expect(row?.channel).toBe('web_push');
      const payload = browser.open(service.calls[0]?.body ?? Buffer.alloc(0));
      expect(payload).toMatchObject({ body: row?.text, incidentId: alert.incidentId });

      const receive = async (receipt: unknown, event: string): Promise<number> =>
        (
          await app.inject({
            method: 'POST',
            url: '/api/v1/push/receipts',
            payload: { receipt, event },
          })
        ).statusCode;
      expect(await receive(payload['receipt'], 'delivered')).toBe(204);
      await harness.expectStatuses(alert.incidentId, ['delivered']);
      expect(await receive(payload['receipt'], 'read')).toBe(204);
      expect(await receive(payload['receipt'], 'delivered')).toBe(204);
      await harness.expectStatuses(alert.incidentId, ['read']);
      const { rows } = await harness.pool.query(
        `select provider, event from receipt where notification_id = $1 order by id`,
        [row?.id],
      );
      expect(rows).toEqual([
        { provider: 'web_push', event: 'delivered' },
        { provider: 'web_push', event: 'read' },
      ]);
      for (const forged of ['', 'x', `${String(row?.id)}.AAAAAAAAAAAAAAAAAAAAAA`]) {
        expect(await receive(forged, 'read')).toBe(400);
      }
    });
  });
});
