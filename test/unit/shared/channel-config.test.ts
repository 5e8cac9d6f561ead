import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webpush from 'web-push';
import { loadChannelConfig, parseChannelConfig } from '../../../src/shared/channel-config.ts';

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

  const faults = (value: unknown): string => {
    try {
      parseChannelConfig(value, 'channels.json', {});
      return '';
    } catch (error) {
      return String(error);
    }
  };

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
