import { createHmac } from 'node:crypto';
import { codeOf, reasonOf } from './provider-answer.ts';
import type { RobotPlatform } from './robot.ts';

const BUSY_PAUSE_MS = 60_000;
const BUSY = new Set([11232, 99991400]);
/** Says that the request is bad, and of old also that there were too many. */
const BAD_OR_TOO_MANY = 9499;
/** 19001: no such robot; 19007: switched off; 19021: signature; 19022: sender's address; 19024: keyword. */
const HOPELESS = new Set([19001, 19002, 19007, 19021, 19022, 19024, BAD_OR_TOO_MANY]);

/** Feishu 飞书 and Lark: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. 100 a minute, 5 a second. */
export const feishu: RobotPlatform = {
  name: 'feishu',
  limits: [
    { count: 100, windowMs: 61_000 },
    { count: 5, windowMs: 1_200 },
  ],
  request(text, { url, secret, now }) {
    const body = { msg_type: 'text', content: { text } };
    if (secret === undefined) return { url, body };
    const timestamp = String(Math.floor(now.getTime() / 1000));
    // The key is what is to be signed, and the message is empty: so it is described.
    const sign = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
    return { url, body: { timestamp, sign, ...body } };
  },
  judge({ code: newCode, StatusCode, msg, StatusMessage }, headers) {
    const code = codeOf(newCode ?? StatusCode);
    if (code === undefined) return undefined;
    if (code === 0) return { kind: 'taken' };
    const said = msg ?? StatusMessage;
    const reason = `Feishu: ${reasonOf(code, said)}`;
    const tooMany = code === BAD_OR_TOO_MANY && /too many|frequen/i.test(String(said));
    if (BUSY.has(code) || tooMany) {
      const resetS = codeOf(headers['x-ogw-ratelimit-reset']);
      return {
        kind: 'busy',
        pauseMs: resetS === undefined ? BUSY_PAUSE_MS : resetS * 1000,
        reason,
      };
    }
    return { kind: 'refused', permanent: HOPELESS.has(code), reason };
  },
};
