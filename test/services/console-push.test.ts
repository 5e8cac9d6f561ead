import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageFile } from '../../src/shared/package-root.ts';
import { startAnswerServer } from '../integration/notify/answer-server.ts';
import { createBrowser } from '../integration/notify/push-browser.ts';
import { CHROMIUM } from '../support/chromium.ts';
import { type ConsolePage, openConsolePage } from '../support/console-page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const LOGIN = { username: 'officer', password: 'correct-horse-battery' };

/**
 * The console in a real Chromium. A push service of the browser's maker cannot be reached from here, so the page is given
 * a subscription to one on loopback, and what comes there is handed to the service worker by the DevTools protocol.
 */
describe.skipIf(CHROMIUM === undefined)('the console in Chromium', () => {
  let browserPage: ConsolePage;
  let pushService: Awaited<ReturnType<typeof startAnswerServer>>;
  let town: TestService;
  let configDir = '';
  let origin = '';
  let registrationId = '';

  beforeAll(async () => {
    configDir = await mkdtemp(join(tmpdir(), 'fengsui-config-'));
    await copyFile(packageFile('config/county.json'), join(configDir, 'county.json'));
    const channels = {
      webPush: { subject: 'mailto:it@example.org' },
      webhook: { allow: ['127.0.0.1/32'] },
    };
    await writeFile(join(configDir, 'channels.json'), JSON.stringify(channels));
    pushService = await startAnswerServer(() => ({ status: 201 }));
    town = await startTestService({ CONFIG_DIR: configDir });
    origin = new URL(town.service.httpUrl()).origin;
    browserPage = await openConsolePage();
    const { chromium, page } = browserPage;
    chromium.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [registration] = registrations as { registrationId: string }[];
      if (registration !== undefined) ({ registrationId } = registration);
    });
    await chromium.send('ServiceWorker.enable', {}, page);
    await chromium.send('Browser.grantPermissions', { origin, permissions: ['notifications'] });
  });
  afterAll(async () => {
    await browserPage?.stop();
    await town?.stop();
    await pushService?.stop();
    await rm(configDir, { recursive: true, force: true });
  });

  const label = (text: string): string =>
    `(({ textContent, disabled, hidden }) => textContent === '${text}' && !disabled && !hidden)(
      document.getElementById('push'))`;

  it('subscribes at the press of a button, shows an alert, opens its incident, and unsubscribes', async () => {
    const { chromium, page, complaints, inPage, until: untilPage, press } = browserPage;
    const person = await town.call<{ id: string }>('POST', 'people', {
      name: '李明',
      roles: ['duty_officer'],
      regionIds: ['default'],
      contacts: [],
      ...LOGIN,
    });
    const browser = createBrowser(`${pushService.origin}/push/1`);
    const given = JSON.stringify(browser.subscription);
    await chromium.send(
      'Page.addScriptToEvaluateOnNewDocument',
      {
        source: `{
          let current = null;
          PushManager.prototype.getSubscription = async () => current;
          PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
            const { endpoint } = ${given};
            const bytes = atob(applicationServerKey.replaceAll('-', '+').replaceAll('_', '/'));
            const key = Uint8Array.from(bytes, (character) => character.charCodeAt(0)).buffer;
            current = { endpoint, options: { applicationServerKey: key }, toJSON: () => (${given}),
              unsubscribe: async () => { current = null; return true; } };
            return current;
          };
        }`,
      },
      page,
    );
    await browserPage.login(origin, LOGIN);
    await untilPage(label('本机推送：关'));
    await press('push');
    await untilPage(label('本机推送：开'));
    const contacts = async () =>
      (await town.call<{ contacts: object[] }>('GET', `people/${person.body.id}`)).body.contacts;
    expect(await contacts()).toMatchObject([
      { channel: 'web_push', address: person.body.id, verified: true },
    ]);
    await press('language');
    expect(await inPage(`document.getElementById('push').textContent`)).toBe('Alerts here: on');

    // A camera sees smoke, and the officer is the only one to be told.
    await town.call('POST', 'devices', {
      id: 'cam-1',
      kind: 'camera',
      name: '云台山3号',
      lon: 113.27,
      lat: 26.71,
    });
    await town.call('POST', 'detections', {
      deviceId: 'cam-1',
      id: 'alarm-1',
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      azimuthDeg: 42,
      rangeM: 3_200,
    });
    await vi.waitFor(() => expect(pushService.calls).toHaveLength(1), { timeout: 20_000 });
    const message = browser.open(pushService.calls[0]?.body ?? Buffer.alloc(0));
    await vi.waitFor(() => expect(registrationId).not.toBe(''), { timeout: 20_000 });
    await chromium.send(
      'ServiceWorker.deliverPushMessage',
      { origin, registrationId, data: JSON.stringify(message) },
      page,
    );

    const notifications = `navigator.serviceWorker.ready.then((registration) => registration.getNotifications())`;
    await untilPage(`${notifications}.then((list) => list.length === 1)`);
    const shown = await inPage<object>(
      `${notifications}.then(([{ title, body, tag }]) => ({ title, body, tag }))`,
    );
    expect(shown).toEqual({ title: message['title'], body: message['body'], tag: message['tag'] });
    const status = async (): Promise<string | undefined> => {
      const { body } = await town.call<{ items: { status: string }[] }>('GET', 'notifications');
      return body.items[0]?.status;
    };
    await vi.waitFor(async () => expect(await status()).toBe('delivered'), { timeout: 20_000 });

    // Clicked. (A click that is made up may not open windows, but tells the page that is there.)
    const { targetInfos } = (await chromium.send('Target.getTargets')) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const worker = targetInfos.find(({ type }) => type === 'service_worker');
    const { sessionId } = await chromium.send('Target.attachToTarget', {
      targetId: worker?.targetId,
      flatten: true,
    });
    await chromium.evaluate(
      String(sessionId),
      `self.registration.getNotifications().then(([notification]) => {
        self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
      })`,
    );
    await untilPage(`document.querySelector('[data-id="${String(message['incidentId'])}"]') !== null
      && document.body.innerText.includes('Hide')`);
    await vi.waitFor(async () => expect(await status()).toBe('read'), { timeout: 20_000 });
    await untilPage(`${notifications}.then((list) => list.length === 0)`);

    await press('push');
    await untilPage(label('Alerts here: off'));
    expect(await contacts()).toEqual([]);
    // Nothing the page did went against its own policy (CSP).
    expect(complaints).toEqual([]);
  }, 120_000);
});
