import { describe, expect, it } from 'vitest';
import { checkContacts } from '../../../src/people/contact-check.ts';
import { maskAddress, seesAddresses } from '../../../src/people/mask-address.ts';
import type { NewContact } from '../../../src/people/person.ts';
import { hideSecret, keepSecrets } from '../../../src/people/robot-address.ts';

describe('checkContacts', () => {
  it('normalises numbers and gives the app the person’s id', () => {
    const result = checkContacts(
      [
        { channel: 'sms', address: '138 0000 0001', verified: true },
        { channel: 'app' },
        { channel: 'webhook', address: ' https://example.org/hook ' },
        { channel: 'email', address: 'li@example.org' },
      ],
      'p-1',
    );
    expect(result).toEqual({
      ok: true,
      contacts: [
        { channel: 'sms', address: '+8613800000001', verified: true },
        { channel: 'app', address: 'p-1' },
        { channel: 'webhook', address: 'https://example.org/hook' },
        { channel: 'email', address: 'li@example.org' },
      ],
    });
  });

  it('names every wrong address', () => {
    const result = checkContacts(
      [
        { channel: 'sms', address: '12345' },
        { channel: 'webhook', address: 'ftp://example.org' },
        { channel: 'sms' },
        { channel: 'email', address: 'nobody' },
        { channel: 'app' },
      ],
      'p-1',
    );
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual([
      'contacts[0].address',
      'contacts[1].address',
      'contacts[2].address',
      'contacts[3].address',
    ]);
  });

  it('refuses the same number twice, however it is written', () => {
    const result = checkContacts(
      [
        { channel: 'sms', address: '13800000001' },
        { channel: 'sms', address: '+86 138 0000 0001' },
      ],
      'p-1',
    );
    expect(result.ok ? [] : result.errors).toEqual([
      { path: 'contacts[1]', message: 'sms +8613800000001 is listed twice' },
    ]);
  });
});

describe('URLs', () => {
  const reasons = (contacts: NewContact[], allow?: string[]): string[] => {
    const result = checkContacts(contacts, 'p-1', allow);
    return result.ok ? [] : result.errors.map(({ path, message }) => `${path}: ${message}`);
  };

  it('may not lead into the networks the service stands in, unless that is allowed', () => {
    const contacts: NewContact[] = [
      { channel: 'webhook', address: 'https://10.1.2.3/hook' },
      { channel: 'webhook', address: 'http://[::ffff:127.0.0.1]:8080/hook' },
      { channel: 'wecom', address: 'http://localhost/send?key=1' },
      { channel: 'webhook', address: 'https://hooks.example.org/' },
    ];
    expect(reasons(contacts)).toEqual([
      'contacts[0].address: 10.1.2.3 is a private address; if it is meant, add its network to webhook.allow in channels.json',
      'contacts[1].address: [::ffff:7f00:1] is a loopback address; if it is meant, add its network to webhook.allow in channels.json',
      'contacts[2].address: localhost is a loopback address; if it is meant, add its network to webhook.allow in channels.json',
    ]);
    expect(reasons(contacts, ['10.1.0.0/16', '127.0.0.1'])).toEqual([]);
  });

  it.each<[NewContact, RegExp]>([
    [{ channel: 'wecom', address: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send' }, /\?key=/],
    [{ channel: 'wecom', address: 'https://qyapi.weixin.qq.com/send?key=1#SEC' }, /sign nothing/],
    [{ channel: 'dingtalk', address: 'https://oapi.dingtalk.com/robot/send' }, /access_token/],
    [{ channel: 'feishu', address: 'https://open.feishu.cn/open-apis/' }, /bot\/v2\/hook/],
    [
      { channel: 'feishu', address: 'https://open.feishu.cn/open-apis/bot/v2/hook/1#***' },
      /write the secret/,
    ],
    [{ channel: 'web_push', address: 'p-2' }, /leave it out/],
  ])('a contact that cannot work is told apart: %j', (contact, reason) => {
    expect(reasons([contact]).join()).toMatch(reason);
  });

  it('of robots are taken as the platforms give them, with a secret behind #', () => {
    expect(
      reasons([
        { channel: 'wecom', address: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1-2' },
        {
          channel: 'dingtalk',
          address: 'https://oapi.dingtalk.com/robot/send?access_token=1#SEC1',
        },
        { channel: 'feishu', address: 'https://open.feishu.cn/open-apis/bot/v2/hook/1-2#s3' },
        { channel: 'feishu', address: 'https://open.larksuite.com/open-apis/bot/v2/hook/3' },
      ]),
    ).toEqual([]);
  });
});

describe('the secret of a robot', () => {
  const stored = {
    channel: 'dingtalk',
    address: 'https://oapi.dingtalk.com/robot/send?access_token=1#SEC1',
  } as const;
  const shown = 'https://oapi.dingtalk.com/robot/send?access_token=1#***';

  it('is hidden from everybody', () => {
    expect(hideSecret('dingtalk', stored.address)).toBe(shown);
    expect(hideSecret('webhook', 'https://example.org/#part')).toBe('https://example.org/#part');
    expect(maskAddress('dingtalk', stored.address)).toBe('https://oapi.dingtalk.com/…');
  });

  it('is kept when the contacts are sent back as they were read', () => {
    const changed: NewContact[] = [{ channel: 'dingtalk', address: shown }, { channel: 'app' }];
    expect(keepSecrets(changed, [stored])).toEqual([stored, { channel: 'app' }]);
    expect(keepSecrets(changed, [])).toEqual(changed);
    const renewed: NewContact[] = [{ channel: 'dingtalk', address: `${shown.slice(0, -3)}SEC2` }];
    expect(keepSecrets(renewed, [stored])).toEqual(renewed);
  });
});

describe('maskAddress', () => {
  it('leaves enough to recognise and too little to call', () => {
    expect(maskAddress('sms', '+8613812345678')).toBe('+86138****5678');
    expect(maskAddress('sms', '+123456')).toBe('****');
    expect(maskAddress('email', 'li@example.org')).toBe('l***@example.org');
    expect(maskAddress('webhook', 'https://example.org/hook?key=secret')).toBe(
      'https://example.org/…',
    );
    expect(maskAddress('app', 'p-1')).toBe('p-1');
  });

  it('is for those who do not command', () => {
    expect(seesAddresses(['viewer', 'operator'])).toBe(false);
    expect(seesAddresses(['viewer', 'dispatcher'])).toBe(true);
  });
});
