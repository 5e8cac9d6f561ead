import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../support/chromium.ts';
import { type ConsolePage, openConsolePage } from '../support/console-page.ts';
import { givenCounty } from '../support/duty.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';

const DAY_MS = 86_400_000;
const PHONE = '+8613812345678';

describe.skipIf(CHROMIUM === undefined)('who is on duty, in Chromium', () => {
  let town: TestService;
  let console: ConsolePage;
  let officer = '';

  beforeAll(async () => {
    town = await startTestService();
    await givenCounty(town);
    officer = await given('people', {
      name: '李明',
      roles: ['duty_officer'],
      regionIds: ['county'],
      contacts: [{ channel: 'sms', address: PHONE }, { channel: 'app' }],
    });
    await given('rosters', {
      regionId: 'county',
      name: '值班',
      rotation: [[officer]],
      handover: '08:00',
      startsOn: new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10),
    });
    console = await openConsolePage();
    const login = { username: 'admin', password: ADMIN_PASSWORD };
    await console.login(new URL(town.service.httpUrl()).origin, login);
  });
  afterAll(async () => {
    await console?.stop();
    await town?.stop();
  });

  const given = async (path: string, body: object): Promise<string> => {
    const answer = await town.call<{ id: string }>('POST', path, body);
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const untilSaid = (text: string, isWrong: boolean): Promise<void> =>
    console.until(`(({ hidden, textContent, classList }) => !hidden && textContent === '${text}'
      && classList.contains('wrong') === ${String(isWrong)})(document.getElementById('duty'))`);
  /** Opens the list, which is read anew, and closes it. */
  const readList = async (): Promise<string> => {
    await console.press('duty');
    await console.until(`document.querySelector('dialog[open]') !== null`);
    const text = await console.inPage<string>(`document.querySelector('dialog').innerText`);
    await console.inPage(`document.querySelector('dialog .acts button').click()`);
    await console.until(`document.querySelector('dialog') === null`);
    expect(await console.inPage('document.activeElement.id')).toBe('duty');
    return text;
  };

  it('stands out while somebody on duty is told at a number nobody has proven, and no longer', async () => {
    await untilSaid('值班 1 人 · 1 处异常', true);
    const doubtful = await readList();
    for (const text of ['安仁县', '李明', '短信（未验证） · 应用', '号码或地址都未验证']) {
      expect(doubtful).toContain(text);
    }
    expect(doubtful).not.toContain(PHONE.slice(-4));
    await town.call('PATCH', `people/${officer}`, {
      contacts: [{ channel: 'sms', address: PHONE, verified: true }],
    });
    expect(await readList()).not.toContain('未验证');
    await untilSaid('值班 1 人', false);
  });

  it('says where nobody is, who is told instead, and when nobody will be', async () => {
    const leave = await given('duty/leaves', {
      personId: officer,
      from: new Date(Date.now() - 60_000).toISOString(),
      to: new Date(Date.now() + DAY_MS).toISOString(),
    });
    await given('people', {
      name: '王强',
      roles: ['duty_officer'],
      regionIds: ['county'],
      contacts: [{ channel: 'app' }],
    });
    await console.press('language');
    const list = await readList();
    await untilSaid('0 on duty · 1 problem', true);
    // Nor does the bar make the page wider than a phone.
    await console.chromium.send(
      'Emulation.setDeviceMetricsOverride',
      { width: 375, height: 800, deviceScaleFactor: 1, mobile: true },
      console.page,
    );
    expect(await console.inPage('document.documentElement.scrollWidth')).toBe(375);
    expect(list).toMatch(/Nobody on duty\s+Fires go to the officers responsible here: 王强/);
    expect(list).toMatch(/Nobody on duty in the next 7 days\s+安仁县\s+.*\d\d:\d\d to .*\d\d:\d\d/);
    await town.call('DELETE', `duty/leaves/${leave}`);
    await readList();
    await untilSaid('1 on duty', false);
  });

  it('leaves the fires alone when it cannot be read, and is not there for whoever may not see it', async () => {
    expect(console.complaints).toEqual([]);
    let status = 500;
    const { chromium, page } = console;
    chromium.on('Fetch.requestPaused', ({ requestId }) => {
      void chromium.send('Fetch.fulfillRequest', { requestId, responseCode: status }, page);
    });
    await chromium.send('Fetch.enable', { patterns: [{ urlPattern: '*/api/v1/duty*' }] }, page);
    await chromium.send('Page.reload', {}, page);
    await untilSaid('On duty: unknown', true);
    await console.until(`!document.getElementById('empty').hidden`);
    await console.until(`document.getElementById('link').className === 'link live'`);
    status = 403;
    await console.press('duty');
    await console.until(`document.getElementById('duty').hidden`);
    expect(await console.inPage(`document.querySelector('dialog')`)).toBeNull();
  });
});
