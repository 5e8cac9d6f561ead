import { codeOf, reasonOf } from './provider-answer.ts';
import type { RobotPlatform } from './robot.ts';

const BUSY_PAUSE_MS = 60_000;

/** Too many messages, too many at once. */
const BUSY = new Set([45009, 45033]);
/** The robot is gone, or would never take such a message. */
const HOPELESS = new Set([93000, 40008, 40058, 44004, 45002]);

/** WeCom 企业微信: https://developer.work.weixin.qq.com/document/path/91770. 20 messages a minute. */
export const wecom: RobotPlatform = {
  name: 'wecom',
  limits: [{ count: 20, windowMs: 61_000 }],
  request: (text, { url }) => ({ url, body: { msgtype: 'text', text: { content: text } } }),
  judge({ errcode, errmsg }) {
    const code = codeOf(errcode);
    if (code === undefined) return undefined;
    if (code === 0) return { kind: 'taken' };
    const reason = `WeCom: ${reasonOf(code, errmsg)}`;
    if (BUSY.has(code)) return { kind: 'busy', pauseMs: BUSY_PAUSE_MS, reason };
    return { kind: 'refused', permanent: HOPELESS.has(code), reason };
  },
};
