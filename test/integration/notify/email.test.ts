import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { createHarness } from './notify-harness.ts';

const ADDRESS = 'officer@example.cn';

describe('e-mail', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let server: MailServer;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'email', address: ADDRESS }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    server = await startMailServer();
  });
  afterEach(async () => {
    await harness.stopAll();
    await server.stop();
  });

  const start = (url = server.url, timeoutS?: number) =>
    harness.start({
      channels: {
        email: [
          {
            smtp: {
              url,
              from: '烽燧 <alarm@fengsui.example.cn>',
              ...(timeoutS === undefined ? {} : { timeoutS }),
            },
          },
        ],
      },
    });
  const queue = (
    text = '【烽燧】疑似火情AR-1：龙海镇发现烟雾，14:05，来源云台山3号。',
    payload = {},
  ) =>
    harness.queueSms(ADDRESS, text, {
      channel: 'email',
      payload: { type: 'alert', mapUrl: 'https://uri.amap.com/marker?position=1,2', ...payload },
    });
  const header = (raw: string, name: string): string =>
    new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'mi')
      .exec(raw)?.[1]
      ?.replaceAll(/\r\n\s+/g, ' ') ?? '';
  /** RFC 2047 words of UTF-8 in base64 or quoted-printable, put together. */
  const decoded = (text: string): string =>
    text
      .replaceAll(/\?=\s+=\?/g, '?==?')
      .replaceAll(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
        kind.toLowerCase() === 'b'
          ? Buffer.from(word, 'base64').toString()
          : decodeURIComponent(word.replaceAll('_', ' ').replaceAll('=', '%')),
      );

  it('carries number and place in the subject, the text and the map in the body', async () => {
    await start();
    const id = await queue();
    await harness.expectStatus(id, 'submitted');
    const [mail] = server.mails;
    const raw = mail?.raw ?? '';
    expect(mail).toMatchObject({ from: 'alarm@fengsui.example.cn', to: [ADDRESS] });
    expect(decoded(header(raw, 'Subject'))).toBe('【烽燧】疑似火情AR-1：龙海镇发现烟雾');
    expect(header(raw, 'Message-ID')).toBe(`<${id}@fengsui.example.cn>`);
    expect(header(raw, 'Auto-Submitted')).toBe('auto-generated');
    expect(header(raw, 'X-Priority')).toMatch(/^1/);
    const body = raw.split('\r\n\r\n').slice(1).join('\r\n\r\n');
    const text = /base64/i.test(header(raw, 'Content-Transfer-Encoding'))
      ? Buffer.from(body, 'base64').toString()
      : decodeURIComponent(body.replaceAll('=\r\n', '').replaceAll(/=(?=[0-9A-F]{2})/g, '%'));
    expect(text).toContain('来源云台山3号。');
    expect(text).toContain('https://uri.amap.com/marker?position=1,2');
    const { rows } = await harness.pool.query(
      'select provider, provider_message_ids as ids from delivery_attempt where notification_id = $1',
      [id],
    );
    expect(rows).toEqual([{ provider: 'smtp', ids: [`<${id}@fengsui.example.cn>`] }]);
  });

  it('gives up at once on a mailbox that does not exist', async () => {
    server.onRecipient(() => ({ code: 550, text: 'No such user' }));
    await start();
    const row = await harness.expectStatus(await queue(), 'failed');
    expect(row.attempts).toBe(1);
    expect(row.last_error).toContain('550 No such user');
  });

  it('tries again under the same Message-ID, not marked as a repeat, what is greylisted or refused for now', async () => {
    server.onRecipient((_address, count) =>
      count === 1 ? { code: 450, text: 'Greylisted' } : 'accept',
    );
    server.onMail((_mail, count) => (count === 1 ? { code: 421, text: 'Too busy' } : 'accept'));
    await start();
    const id = await queue();
    const row = await harness.expectStatus(id, 'submitted');
    expect(row.outcomes).toEqual(['failed', 'failed', 'submitted']);
    const raw = server.mails[0]?.raw ?? '';
    expect(header(raw, 'Message-ID')).toContain(id);
    expect(decoded(header(raw, 'Subject'))).not.toContain('重复');
  });

  it('marks as a repeat what the server had in full and did not answer', async () => {
    server.onMail((_mail, count) => (count === 1 ? 'silence' : 'accept'));
    await start(server.url, 1);
    const id = await queue();
    const row = await harness.expectStatus(id, 'submitted');
    expect(row.outcomes).toEqual(['unknown', 'submitted']);
    expect(decoded(header(server.mails[0]?.raw ?? '', 'Subject'))).toContain('【烽燧】重复：');
  });

  it('is in trouble, not the message, when the login is refused', async () => {
    const notify = await start(server.url.replace('secret', 'wrong'));
    const row = await harness.expectStatus(await queue(), 'failed');
    expect(row.outcomes).toEqual(Array(5).fill('failed'));
    expect(notify.troubles()[0]).toMatch(/^email: .*535/);
  });

  it('has not sent what never reached a server: nobody listens, or says nothing', async () => {
    const mute: Server = createServer(() => undefined);
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    try {
      await start(`smtp://127.0.0.1:${port}`, 0.2);
      const silent = await harness.expectStatus(await queue(), 'failed');
      expect(silent.outcomes).toEqual(Array(5).fill('failed'));
      await harness.stopAll();
    } finally {
      mute.close();
    }
    await start('smtp://127.0.0.1:9');
    const refused = await harness.expectStatus(await queue(), 'failed');
    expect(refused.outcomes).toEqual(Array(5).fill('failed'));
    expect(refused.last_error).toContain('ECONNREFUSED');
  });

  it('cannot be made to carry headers of its own by what an alert says', async () => {
    await start();
    const id = await queue('火情\r\nBcc: all@example.cn\r\n\r\nx');
    await harness.expectStatus(id, 'submitted');
    expect(server.mails[0]?.to).toEqual([ADDRESS]);
    expect(server.mails[0]?.raw.split('\r\n\r\n', 1)[0]).not.toMatch(/^Bcc:/m);
  });
});
