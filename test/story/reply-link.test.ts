import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';

type Message = {
  type: string;
  notificationId: string;
  incidentId: string;
  replyUrl: string;
  text: string;
};

const PUBLIC_URL = 'https://fire.example.gov.cn';
const HOUR_MS = 3_600_000;

/** Nobody here has a phone: alerts come to the app, and are answered there, by link or by API. */
describe('an alert is answered without an SMS', () => {
  let town: TestService;
  let officer: { id: string; mqttSecret: string };
  let app: MqttClient;
  let token: string;
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const inbox: Message[] = [];
  let shown = 0;
  let fires = 0;

  beforeAll(async () => {
    town = await startTestService({ PUBLIC_URL: `${PUBLIC_URL}/` }, { clock });
    const created = await town.call<{ id: string; mqttSecret: string }>('POST', 'people', {
      name: 'Li',
      roles: ['duty_officer'],
      regionIds: ['default'],
      locale: 'en',
      contacts: [{ channel: 'app' }],
      username: 'li',
      password: 'correct-horse',
    });
    officer = created.body;
    token = await town.logIn('li', 'correct-horse');
    await town.call('POST', 'devices', {
      id: 'cam-001',
      kind: 'camera',
      name: 'Tower 3',
      lon: 113.27,
      lat: 26.71,
    });
    app = await town.connect(officer.id, officer.mqttSecret);
    await app.subscribeAsync(`fengsui/v1/person/${officer.id}/inbox`, { qos: 1 });
    app.on('message', (_topic, payload) => inbox.push(JSON.parse(String(payload)) as Message));
  });
  afterAll(async () => {
    await town?.stop();
  });

  const nextMessage = async (): Promise<Message> => {
    const next = shown;
    await vi.waitFor(() => expect(inbox.length).toBeGreaterThan(next), { timeout: 20_000 });
    shown += 1;
    const message = inbox[next];
    if (message === undefined) throw new Error('no message');
    return message;
  };
  const fire = async (): Promise<Message> => {
    fires += 1;
    await town.call('POST', 'detections', {
      deviceId: 'cam-001',
      id: `alarm-${String(fires)}`,
      at: clock.now().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      lon: 113.2 + fires * 0.1,
      lat: 26.71,
    });
    return nextMessage();
  };
  const statusOf = async ({ incidentId }: Message) =>
    (await town.call(`GET`, `incidents/${incidentId}`)).body['status'];
  const becomes = (message: Message, status: string) =>
    vi.waitFor(async () => expect(await statusOf(message)).toBe(status));
  /** The link leads to the public address; here its path is asked of the service itself. */
  const open = async (url: string, form?: Record<string, string>) => {
    const posted = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    };
    const local = url.replace(PUBLIC_URL, town.service.httpUrl());
    const response = await fetch(local, form === undefined ? {} : posted);
    return { status: response.status, headers: response.headers, html: await response.text() };
  };
  const answerByApp = (message: Message, reply: string, at = clock.now()) =>
    app.publishAsync(
      `fengsui/v1/person/${officer.id}/receipt`,
      JSON.stringify({ notificationId: message.notificationId, reply, at: at.toISOString() }),
      { qos: 1 },
    );

  it('by a link that acts when a button is pressed, and not when it is opened', async () => {
    const alert = await fire();
    expect(alert.replyUrl).toMatch(/^https:\/\/fire\.example\.gov\.cn\/r\/[\w-]{50}$/);
    const page = await open(alert.replyUrl);
    expect(page.status).toBe(200);
    expect(page.html).toContain('I take it');
    expect(page.html).toContain('Possible fire');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await statusOf(alert)).toBe('reported');

    const asked = await open(alert.replyUrl, { reply: '2' });
    expect(asked.html).toContain('really a false alarm');
    const again = await open(alert.replyUrl, { reply: '2' });
    expect(again.html).toContain('really a false alarm');
    expect(await statusOf(alert)).toBe('reported');

    const taken = await open(alert.replyUrl, { reply: '1' });
    expect(taken.html).toContain('You have it');
    expect(await statusOf(alert)).toBe('acknowledged');
    const used = await open(alert.replyUrl, { reply: '1' });
    expect([used.status, used.html]).toEqual([409, expect.stringContaining('works once')]);
    const late = await open(alert.replyUrl, { reply: '0' });
    expect(late.html).toContain('was taken over by Li');
    const dismissed = await open(alert.replyUrl, { reply: '2', confirm: 'yes' });
    expect(dismissed.html).toContain('Entered as a false alarm');
    expect(await statusOf(alert)).toBe('dismissed');

    const { body } = await town.call<{ items: { type: string; actor: string }[] }>(
      'GET',
      `incidents/${alert.incidentId}/events`,
    );
    expect(body.items.slice(-2)).toMatchObject([
      { type: 'acknowledged', actor: `person:${officer.id}` },
      { type: 'dismissed', actor: `person:${officer.id}` },
    ]);
  });

  it('by the app, where the same message again is no second answer', async () => {
    const alert = await fire();
    const at = clock.now();
    await answerByApp(alert, '2', at);
    const question = await nextMessage();
    expect(question).toMatchObject({
      type: 'reply',
      text: expect.stringContaining('if it is a false alarm'),
    });
    await answerByApp(alert, '2', at);
    expect(await statusOf(alert)).toBe('reported');
    await answerByApp(alert, '2', new Date(at.getTime() + 1_000));
    await becomes(alert, 'dismissed');

    const next = await fire();
    await answerByApp(next, '1');
    await becomes(next, 'acknowledged');
    const letters = async () =>
      (await town.call<{ items: { reason: string }[] }>('GET', 'dead-letters')).body.items;
    expect(await letters()).toEqual([]);
    await answerByApp({ ...next, notificationId: next.incidentId }, '1');
    await vi.waitFor(async () => expect(await letters()).toHaveLength(1));
  });

  it('by API, by whom it was sent to', async () => {
    const alert = await fire();
    const path = `notifications/${alert.notificationId}/reply`;
    expect((await town.call('POST', path, { reply: '1' })).status).toBe(404);
    expect((await town.call('POST', path, { reply: '7' }, token)).status).toBe(400);
    const declined = await town.call('POST', path, { reply: '0' }, token);
    expect(declined).toMatchObject({
      status: 200,
      body: { outcome: 'declined', incidentId: alert.incidentId },
    });
    const asked = await town.call('POST', path, { reply: '2' }, token);
    expect(asked.body).toMatchObject({
      outcome: 'asked whether false alarm',
      message: expect.stringContaining('if it is a false alarm'),
    });
    const dismissed = await town.call('POST', path, { reply: '2' }, token);
    expect(dismissed.body).toMatchObject({ outcome: 'dismissed' });
    expect(await statusOf(alert)).toBe('dismissed');
    const late = await town.call('POST', path, { reply: '1' }, token);
    expect(late.body).toMatchObject({ outcome: 'told it is over' });
  });

  it('not by a link that was made up or has expired', async () => {
    const alert = await fire();
    const forged = alert.replyUrl.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const form of [undefined, { reply: '1' }]) {
      const { status, html } = await open(forged, form);
      expect([status, html]).toEqual([404, expect.stringContaining('not valid')]);
    }
    expect((await open(alert.replyUrl, { reply: '3' })).status).toBe(400);
    aheadMs += 24 * HOUR_MS;
    for (const form of [undefined, { reply: '1' }]) {
      const { status, html } = await open(alert.replyUrl, form);
      expect([status, html]).toEqual([410, expect.stringContaining('expired')]);
      expect(html).toContain('Log in, reply by SMS, or call');
    }
    const { rows } = await town.database.pool.query<{ status: string }>(
      'select status from incident where id = $1',
      [alert.incidentId],
    );
    expect(rows).toEqual([{ status: 'reported' }]);
    expect((await open(`${PUBLIC_URL}/r`)).html).toContain('417 1');
  });
});
