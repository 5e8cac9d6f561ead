import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../support/chromium.ts';
import { type ConsolePage, openConsolePage } from '../support/console-page.ts';
import { givenCounty } from '../support/duty.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';

type Incident = { id: string; sources: string[]; fix: { lon: number; lat: number } };

describe.skipIf(CHROMIUM === undefined)('the form for callers and rangers in Chromium', () => {
  let town: TestService;
  let console: ConsolePage;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fengsui-photo-'));
    town = await startTestService();
    await givenCounty(town);
    console = await openConsolePage();
    const login = { username: 'admin', password: ADMIN_PASSWORD };
    await console.login(new URL(town.service.httpUrl()).origin, login);
    await console.until(`!document.getElementById('report').hidden`);
  });
  afterAll(async () => {
    await console?.stop();
    await town?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const type = (name: string, text: string): Promise<unknown> =>
    console.inPage(`{
      const field = document.querySelector('dialog [name=${name}]');
      field.value = ${JSON.stringify(text)};
      field.dispatchEvent(new Event('input'));
    }`);
  const send = (): Promise<unknown> =>
    console.inPage(`document.querySelector('dialog form').requestSubmit()`);
  const incidents = async (): Promise<Incident[]> =>
    (await town.call<{ items: Incident[] }>('GET', 'incidents')).body.items;

  it('asks where, takes a village by part of its name, and shows what was said in the incident', async () => {
    await console.press('report');
    await type('text', '后山冒烟');
    await send();
    await console.until(`document.querySelector('dialog .error').textContent.includes('在哪里')`);
    await type('village', '龙溪');
    await type('phone', '13800000009');
    await send();
    await console.until(`document.querySelector('dialog') === null`);
    await console.until(`document.body.innerText.includes('后山冒烟')
      && document.body.innerText.includes('+8613800000009')`);
    const [incident] = await incidents();
    expect(incident).toMatchObject({
      sources: ['hotline'],
      fix: { lon: expect.closeTo(113.22, 3) as number },
    });
  });

  it('takes a position in either order, a ranger’s photo, and gives them to the service', async () => {
    const photo = join(folder, 'fire.jpg');
    await writeFile(
      photo,
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500)]),
    );
    await console.press('report');
    await console.inPage(`document.querySelector('dialog [name=source][value=ranger]').click()`);
    await type('coordinates', '26.6, 113.4');
    const { root } = (await console.chromium.send('DOM.getDocument', {}, console.page)) as {
      root: { nodeId: number };
    };
    const { nodeId } = await console.chromium.send(
      'DOM.querySelector',
      { nodeId: root.nodeId, selector: 'dialog [name=photo]' },
      console.page,
    );
    await console.chromium.send('DOM.setFileInputFiles', { nodeId, files: [photo] }, console.page);
    await send();
    await console.until(`document.querySelector('dialog') === null`);
    const [incident] = await incidents();
    expect(incident).toMatchObject({ sources: ['rangers'], fix: { lon: 113.4, lat: 26.6 } });
    const { body } = await town.call<{ items: { imageId: string | null }[] }>(
      'GET',
      `incidents/${incident?.id ?? ''}/reports`,
    );
    expect(body.items[0]?.imageId).not.toBeNull();
    expect(console.complaints).toEqual([]);
  });
});
