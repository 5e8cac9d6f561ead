import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webpush from 'web-push';
import { templateParams } from '../../../src/notify/channels/aliyun-text.ts';
import { callbacksOf, setUpChannels } from '../../../src/notify/index.ts';
import { CONTACT_CHANNELS } from '../../../src/people/person.ts';
import { loadChannelConfig, parseChannelConfig } from '../../../src/shared/channel-config.ts';
import { namedProviders } from '../../../src/shared/provider-names.ts';

const faults = (value: unknown): string => {
  try {
    parseChannelConfig(value, 'channels.json', {});
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('channels.json', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-channels-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const smpp = { sms: [{ smpp: { url: 'smpp://fengsui:${SMS_PASSWORD}@sms.example.org' } }] };

  it('takes secrets from the environment', async () => {
    await writeFile(join(dir, 'channels.json'), JSON.stringify(smpp));
    const config = await loadChannelConfig(dir, {
      source: { SMS_PASSWORD: 'hunter2' },
      smppUrl: undefined,
    });
    expect(config.sms).toEqual([{ smpp: { url: 'smpp://fengsui:hunter2@sms.example.org' } }]);
  });

  it('names the field and the variable that is missing, and every wrong field besides', () => {
    const parse = (): unknown =>
      parseChannelConfig({ ...smpp, pigeon: [] }, 'channels.json', { SMS_PASSWORD: '' });
    expect(parse).toThrow('/sms/0/smpp/url needs the environment variable SMS_PASSWORD; set it');
    expect(parse).toThrow(/additional/i);
  });

  it('needs no file: SMPP_URL alone is enough', async () => {
    const url = 'smpp://fengsui@sms.example.org';
    expect(await loadChannelConfig(dir, { source: {}, smppUrl: url })).toEqual({
      sms: [{ smpp: { url } }],
    });
    expect(await loadChannelConfig(dir, { source: {}, smppUrl: undefined })).toEqual({});
  });

  it('says how to mend a file that is not JSON', async () => {
    await writeFile(join(dir, 'channels.json'), '{');
    await expect(loadChannelConfig(dir, { source: {}, smppUrl: undefined })).rejects.toThrow(
      /not valid JSON/,
    );
  });

  it('names a network that is none and keys that are no pair', () => {
    const { publicKey, privateKey } = webpush.generateVAPIDKeys();
    const other = webpush.generateVAPIDKeys();
    const subject = 'mailto:it@example.org';
    expect(faults({ webhook: { allow: ['10.0.0.0/8', 'intranet'] } })).toContain(
      '/webhook/allow/1 "intranet" is not a network',
    );
    expect(faults({ webPush: { subject, publicKey: other.publicKey, privateKey } })).toMatch(
      /\/webPush publicKey and privateKey are not a pair.*generate-vapid-keys/,
    );
    expect(faults({ webPush: { subject, publicKey } })).toMatch(/not a pair/);
    expect(faults({ webPush: { subject: 'it@example.org' } })).toMatch(/\/webPush\/subject/);
    expect(faults({ webPush: { subject, publicKey, privateKey } })).toBe('');
    expect(faults({ webPush: { subject } })).toBe('');
  });
});

describe('channels.example.json', () => {
  it('is right once its variables are set', async () => {
    const text = await readFile(
      new URL('../../../config/channels.example.json', import.meta.url),
      'utf8',
    );
    const names = [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name]) => name ?? '');
    const source = Object.fromEntries(names.map((name) => [name, 'x'.repeat(20)]));
    const config = parseChannelConfig(JSON.parse(text), 'channels.example.json', source);
    expect(
      namedProviders(config).providers.map(({ channel, name }) => `${channel} ${name}`),
    ).toEqual(['sms smpp', 'sms aliyun', 'sms gateway', 'voice voice', 'email smtp']);
    expect([...callbacksOf(config).keys()]).toEqual(['aliyun', 'gateway', 'voice']);
    const all = CONTACT_CHANNELS.filter((channel) => channel !== 'log');
    expect([...setUpChannels(config)].toSorted()).toEqual(all.toSorted());
    // Every template fits into two SMS even with the longest values.
    for (const template of Object.values(config.sms?.[1]?.aliyun?.templates ?? {}).flat()) {
      const long = '很长的名字'.repeat(20);
      const params = templateParams(
        template,
        {
          text: long,
          payload: {
            type: 'alert',
            number: 'AR-20261102-001',
            code: '417',
            kind: 'smoke',
            level: 'review',
            placeNames: [long],
            sourceName: long,
            observedAt: '2026-11-02T06:05:00Z',
            by: long,
          },
          repeat: true,
          locale: 'zh-CN',
        },
        { signName: '安仁防火', maxLength: 35, timeZone: 'Asia/Shanghai' },
      );
      const filled = template.text.replaceAll(
        /\$\{(\w+)\}/g,
        (_, name: string) => params[name] ?? '',
      );
      expect(`【安仁防火】${filled}`.length).toBeLessThanOrEqual(134);
    }
  });
});

describe('providers in channels.json', () => {
  const http = { url: 'https://g.example.org', json: { to: '{{to}}', text: '{{text}}' } };
  const aliyun = { accessKeyId: 'k', accessKeySecret: 's', signName: '安仁防火' };
  const template = (text: string) => ({ alert: [{ templateCode: 'SMS_1', text }] });
  const token = 'x'.repeat(16);

  it.each([
    [
      'an unknown variable',
      { sms: [{ http: { ...http, json: { to: '{{to}}', a: [{ b: '{{txt}}' }] } } }] },
      '/sms/0/http/json/a/0/b has the unknown variable {{txt}}; there are to, ',
    ],
    [
      'one in the URL',
      { sms: [{ http: { ...http, url: 'https://g.example.org/{{x}}' } }] },
      '/sms/0/http/url has the unknown variable {{x}}',
    ],
    [
      'a text of ours in a header',
      { sms: [{ http: { ...http, headers: { 'X-Text': '{{text}}' } } }] },
      '/sms/0/http/headers/X-Text has the unknown variable {{text}}',
    ],
    [
      'no recipient',
      { voice: [{ http: { ...http, json: { text: '{{text}}' } } }] },
      '/voice/0/http says nowhere whom the message is for; put {{to}} into it',
    ],
    [
      'no body',
      { sms: [{ http: { url: 'https://g.example.org/{{to}}' } }] },
      '/sms/0/http needs a body',
    ],
    [
      'a body with GET',
      { sms: [{ http: { ...http, method: 'GET' } }] },
      '/sms/0/http has a body, but GET sends none',
    ],
    [
      'two of a name',
      { sms: [{ http: { ...http, name: 'a' } }, { http: { ...http, name: 'a' } }] },
      '/sms/1/http/name "a" is the name of another provider too',
    ],
    [
      'one that is ours',
      { sms: [{ http: { ...http, name: 'mqtt' } }] },
      '/sms/0/http/name "mqtt" means something else already',
    ],
    [
      'a short token',
      { sms: [{ http: { ...http, callback: { token: 'x' } } }] },
      '/sms/0/http/callback/token',
    ],
    ['two providers in one entry', { sms: [{ http, smpp: { url: 'smpp://a@b' } }] }, '/sms/0'],
    [
      'an unknown variable of Aliyun',
      { sms: [{ aliyun: { ...aliyun, templates: template('${fire}') } }] },
      '/sms/0/aliyun/templates/alert/0/text has the unknown variable ${fire}; there are number, ',
    ],
    [
      'a signature in the template',
      { sms: [{ aliyun: { ...aliyun, templates: template('【x】${number}') } }] },
      'holds 【 or 】',
    ],
    [
      'a template without room',
      { sms: [{ aliyun: { ...aliyun, templates: template(`${'火'.repeat(130)}\${number}`) } }] },
      'leaves its variables no room: with the signature it has 137 characters of the 134',
    ],
    [
      'no template for alerts',
      { sms: [{ aliyun: { ...aliyun, templates: {} } }] },
      '/sms/0/aliyun/templates',
    ],
    [
      'a misspelt use',
      { sms: [{ aliyun: { ...aliyun, templates: { ...template('x'), alrt: [] } } }] },
      '/sms/0/aliyun/templates',
    ],
    [
      'a sender that is none',
      { email: [{ smtp: { url: 'smtp://m', from: 'x' } }] },
      '/email/0/smtp/from',
    ],
  ])('names the field of %s', (_name, value, message) => {
    expect(faults(value)).toContain(message);
  });

  it('names providers by kind and number where they have no name', () => {
    const named = namedProviders({
      sms: [
        { smpp: { url: 'a' } },
        { smpp: { url: 'b' } },
        { http },
        { http: { ...http, name: 'smpp-3' } },
        { smpp: { url: 'c' } },
      ],
      voice: [{ http: { ...http, callback: { token } } }, { http }],
    });
    expect(named.errors).toEqual([]);
    expect(named.providers.map(({ name }) => name)).toEqual([
      'smpp',
      'smpp-2',
      'http',
      'smpp-3',
      'smpp-4',
      'voice',
      'voice-2',
    ]);
  });
});
