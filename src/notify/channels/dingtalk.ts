import { createHmac } from 'node:crypto';
import { codeOf, reasonOf } from './provider-answer.ts';
import type { RobotPlatform } from './robot.ts';

const SEND_TOO_FAST = 130101;
/** What the platform shuts a robot out for that has sent more than 20 messages in a minute. */
const SHUT_OUT_MS = 10 * 60_000;
const TOO_MANY_CALLS = 410100;
const BUSY_PAUSE_MS = 60_000;

/**
 * 310000: signature, keyword or sender's address do not fit the robot's settings; 300001, 300005, 400101: no such token;
 * 400102: robot switched off; 400013: group dissolved; 40035: no token; 430101–430104: content refused.
 */
const HOPELESS = new Set([
  310000, 300001, 300005, 400101, 400102, 400013, 40035, 430101, 430102, 430103, 430104,
]);

/** DingTalk 钉钉: https://open.dingtalk.com/document/orgapp/custom-robot-access. 20 messages a minute. */
export const dingtalk: RobotPlatform = {
  name: 'dingtalk',
  limits: [{ count: 20, windowMs: 61_000 }],
  request(text, { url, secret, now }) {
    const body = { msgtype: 'text', text: { content: text } };
    if (secret === undefined) return { url, body };
    const timestamp = String(now.getTime());
    const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
    const signed = new URL(url);
    signed.searchParams.set('timestamp', timestamp);
    signed.searchParams.set('sign', sign);
    return { url: signed.toString(), body };
  },
  judge({ errcode, errmsg }) {
    const code = codeOf(errcode);
    if (code === undefined) return undefined;
    if (code === 0) return { kind: 'taken' };
    const reason = `DingTalk: ${reasonOf(code, errmsg)}`;
    if (code === SEND_TOO_FAST) return { kind: 'busy', pauseMs: SHUT_OUT_MS, reason };
    if (code === TOO_MANY_CALLS) return { kind: 'busy', pauseMs: BUSY_PAUSE_MS, reason };
    return { kind: 'refused', permanent: HOPELESS.has(code), reason };
  },
};
