import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type HttpProvider, startHttpProvider } from '../support/http-provider.ts';
import { startTestService, type TestService } from '../support/service.ts';

const TOKEN = 'a-token-for-this-story';

/** The whole service with an SMS gateway and a voice gateway from channels.json, each calling back. */
let gateway: HttpProvider;
let service: TestService;
let configDir: string;

beforeAll(async () => {
  gateway = await startHttpProvider();
  gateway.onRequest(({ url }, count) => ({ json: { id: `${url.slice(1)}-${count}` } }));
  configDir = await mkdtemp(join(tmpdir(), 'fengsui-channels-story-'));
  await copyFile('config/county.json', join(configDir, 'county.json'));
  const receipt = { id: 'id', status: 's', delivered: ['ok'], failed: ['bad'], retry: ['busy'] };
  const http = (path: string, reply: object) => ({
    http: {
      url: `${gateway.url}/${path}`,
      json: { to: '{{toNational}}', text: '{{text}}' },
      messageId: 'id',
      callback: { token: '${HOOK_TOKEN}', receipt, reply },
    },
  });
  const channels = {
    sms: [http('sms', { text: 'content', from: 'mobile', id: 'mo' })],
    voice: [http('call', { text: 'keys', call: 'id' })],
  };
  await writeFile(join(configDir, 'channels.json'), JSON.stringify(channels));
  service = await startTestService({ CONFIG_DIR: configDir, HOOK_TOKEN: TOKEN });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await gateway.stop();
  await rm(configDir, { recursive: true });
});

const report = async (provider: string, body: object): Promise<number> => {
  const answer = await fetch(`${service.service.httpUrl()}/hooks/${provider}/${TOKEN}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.status;
};
type Notification = { channel: string; status: string; address: string };
const notifications = async (incident: string): Promise<Notification[]> =>
  (await service.call<{ items: Notification[] }>('GET', `notifications?incident=${incident}`)).body
    .items;

it('tells by SMS and by call, hears that both arrived, and takes the key pressed for an answer', async () => {
  const person = await service.call<{ id: string }>('POST', 'people', {
    name: '李明',
    roles: ['duty_officer'],
    regionIds: ['default'],
    locale: 'zh-CN',
    contacts: [
      { channel: 'sms', address: '+8613800000001', verified: true },
      { channel: 'voice', address: '+8613800000001', verified: true },
    ],
  });
  const policy = await service.call('POST', 'policies', {
    id: 'both',
    name: 'both',
    regionIds: ['default'],
    steps: [{ afterS: 0, to: [{ personId: person.body.id }], channels: ['sms', 'voice'] }],
  });
  expect(policy.status).toBeLessThan(300);
  const camera = { id: 'cam-1', kind: 'camera', name: '云台山3号', lon: 113.27, lat: 26.71 };
  await service.call('POST', 'devices', { ...camera, groundHeightM: 200, mountHeightM: 30 });
  const seen = await service.call<{ incidentId: string }>('POST', 'detections', {
    deviceId: 'cam-1',
    id: 'alarm-1',
    at: new Date().toISOString(),
    kind: 'smoke',
    confidence: 0.9,
    azimuthDeg: 42,
    rangeM: 3200,
  });
  const { incidentId } = seen.body;
  await vi.waitFor(() => expect(gateway.requests).toHaveLength(2), { timeout: 10_000 });
  const idOf = (path: string): string =>
    `${path}-${gateway.requests.findIndex(({ url }) => url === `/${path}`) + 1}`;
  expect(gateway.requests.map(({ fields }) => fields['to'])).toEqual(Array(2).fill('13800000001'));

  expect(await report('http', { id: idOf('sms'), s: 'ok' })).toBe(200);
  expect(await report('voice', { id: idOf('call'), s: 'ok', keys: '1' })).toBe(200);
  await vi.waitFor(
    async () => {
      const told = await notifications(incidentId);
      const found = told.map(({ channel, status }) => `${channel} ${status}`).toSorted();
      expect(found).toEqual(['sms delivered', 'voice delivered']);
      const incident = await service.call('GET', `incidents/${incidentId}`);
      expect(incident.body).toMatchObject({ status: 'acknowledged' });
    },
    { timeout: 15_000, interval: 100 },
  );
}, 60_000);

it('keeps among the dead letters what a provider says that makes no sense', async () => {
  expect(await report('http', { hello: 'world' })).toBe(200);
  const letters = await service.call<{ items: { topic: string; payload: string }[] }>(
    'GET',
    'dead-letters',
  );
  expect(letters.body.items[0]).toMatchObject({
    topic: 'hooks/http',
    payload: '{"hello":"world"}',
  });
});

it('says on /readyz what each channel is', async () => {
  const answer = await fetch(`${service.service.httpUrl()}/readyz`);
  expect(await answer.text()).toContain(`http: ${new URL(gateway.url).host}`);
});
