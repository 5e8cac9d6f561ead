import { afterAll, beforeAll, expect, it } from 'vitest';
import { json, startAnswerServer } from './answer-server.ts';
import { createHarness } from './notify-harness.ts';

let harness: Awaited<ReturnType<typeof createHarness>>;
let platform: Awaited<ReturnType<typeof startAnswerServer>>;

beforeAll(async () => {
  harness = await createHarness();
  platform = await startAnswerServer(() => ({ body: { errcode: 0, code: 0 } }));
});
afterAll(async () => {
  await harness?.close();
  await platform?.stop();
});

it('a step tells a chat group through the person who stands for it, by every robot it has', async () => {
  const group = await harness.person(
    [
      { channel: 'wecom', address: `${platform.origin}/cgi-bin/webhook/send?key=1` },
      { channel: 'dingtalk', address: `${platform.origin}/robot/send?access_token=2#SEC` },
      { channel: 'feishu', address: `${platform.origin}/open-apis/bot/v2/hook/3` },
    ],
    [],
  );
  await harness.start();
  const { alert } = await harness.openIncident([
    { afterS: 0, to: [{ personId: group.id }], channels: ['group'] },
  ]);
  const rows = await harness.expectStatuses(alert.incidentId, Array(3).fill('submitted'));
  expect(rows.map(({ channel }) => channel)).toEqual(['dingtalk', 'feishu', 'wecom']);
  const said = platform.calls.map((call) => JSON.stringify(json(call)));
  expect(said).toHaveLength(3);
  for (const text of said) expect(text).toContain(alert.number);
});
