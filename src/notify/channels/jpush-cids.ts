import type { OutboundFetch } from '../../shared/outbound-fetch.ts';
import { parseObject } from './provider-answer.ts';

export type JPushCids = {
  /** The same for the same notification; undefined when JPush gives none now. */
  forNotification(notificationId: string): Promise<string | undefined>;
};

const TIMEOUT_MS = 3_000;
/** As many as JPush gives at once to everybody. */
const BATCH = 10;
/** Retries end within minutes; JPush itself forgets a cid after a day. */
const REMEMBERED = 10_000;

/**
 * JPush recognises a repeat by a cid, and takes only cids it has given out itself. They are fetched in advance and each is
 * tied to one notification. After a restart a retry has a new one: it may then come twice, marked as a repeat.
 */
export const createJPushCids = (deps: {
  fetch: OutboundFetch;
  url: string;
  headers: Readonly<Record<string, string>>;
}): JPushCids => {
  const given = new Map<string, string>();
  const spare: string[] = [];

  const fetchMore = async (): Promise<void> => {
    try {
      const { status, text } = await deps.fetch(`${deps.url}?count=${BATCH}`, {
        method: 'GET',
        headers: deps.headers,
        timeoutMs: TIMEOUT_MS,
      });
      const list = status === 200 ? parseObject(text)?.['cidlist'] : undefined;
      if (Array.isArray(list)) spare.push(...list.filter((cid) => typeof cid === 'string'));
    } catch {
      // The alarm goes out without one.
    }
  };

  return {
    async forNotification(notificationId) {
      const known = given.get(notificationId);
      if (known !== undefined) return known;
      if (spare.length === 0) await fetchMore();
      const cid = spare.shift();
      if (cid === undefined) return undefined;
      given.set(notificationId, cid);
      const [oldest] = given.keys();
      if (given.size > REMEMBERED && oldest !== undefined) given.delete(oldest);
      return cid;
    },
  };
};
