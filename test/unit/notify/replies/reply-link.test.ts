import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askPage,
  LINK_PAGE_POLICY,
  refusalPage,
} from '../../../../src/notify/replies/link-page.ts';
import { readReplyToken, signReplyToken } from '../../../../src/notify/replies/reply-link.ts';
import { newId } from '../../../../src/shared/ids.ts';

const key = randomBytes(32);
const now = new Date('2026-11-02T06:00:00Z');
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

describe('a reply token', () => {
  it('names its notification for 24 hours', () => {
    const notificationId = newId();
    const token = signReplyToken(key, notificationId, now);
    expect(token).toMatch(/^[\w-]{50}$/);
    expect(readReplyToken(key, token, later(23.9))).toEqual({ kind: 'valid', notificationId });
    expect(readReplyToken(key, token, later(24))).toEqual({ kind: 'expired', notificationId });
  });

  it('is good with its own key only', () => {
    const token = signReplyToken(key, newId(), now);
    expect(readReplyToken(randomBytes(32), token, now)).toEqual({ kind: 'forged' });
  });

  it('is forged with any character changed, left out or added', () => {
    const token = signReplyToken(key, newId(), now);
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom('', 'A', 'B', 'a', 'b', '0', '9', '-', '_', '=', '/', ' ', '.'),
        fc.constantFrom(0, 1),
        (at, put, cut) => {
          const changed = token.slice(0, at) + put + token.slice(at + cut);
          fc.pre(changed !== token);
          expect(readReplyToken(key, changed, now).kind).toBe('forged');
        },
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => readReplyToken(key, text, now).kind === 'forged'));
  });
});

describe('the page of a link', () => {
  const notification = {
    notificationId: newId(),
    personId: 'p-1',
    locale: 'en',
    text: 'Fire at <script>alert("1")</script> & co',
    mapUrl: 'https://uri.amap.com/marker?position=113,26&name="x"',
    incidentId: newId(),
    number: 'AR-20261102-001',
    code: '417',
    status: 'reported',
  } as const;

  it('shows what names say as text', () => {
    const html = askPage(notification);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; co');
    expect(html).not.toContain('<script');
    expect(html).toContain('position=113,26&amp;name=&quot;x&quot;');
  });

  it('admits its own style and nothing else', () => {
    expect(LINK_PAGE_POLICY).toContain("default-src 'none'");
    expect(LINK_PAGE_POLICY).toMatch(/style-src 'sha256-[\w+/]{43}='/);
    expect(LINK_PAGE_POLICY).not.toContain('unsafe');
  });

  it('refuses in every language it is given', () => {
    const html = refusalPage('forged', ['zh-CN', 'en']);
    expect(html).toContain('链接无效');
    expect(html).toContain('not valid');
  });
});
