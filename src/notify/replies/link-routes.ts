import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { Locale } from '../../people/index.ts';
import type { App, RouteGroup } from '../../shared/http.ts';
import { renderAnswer } from '../render-answer.ts';
import { type AnswerDeps, type AnswerResult, answerNotification } from './answer-notification.ts';
import { findAnswerable } from './answer-store.ts';
import {
  askPage,
  codePage,
  confirmPage,
  donePage,
  LINK_PAGE_POLICY,
  refusalPage,
} from './link-page.ts';
import { LINK_WORDS } from './link-words.ts';
import { readReplyToken } from './reply-link.ts';

export type LinkRoutesDeps = AnswerDeps & {
  key: Buffer;
  /** Of whoever opens a link that tells nothing of its reader. */
  defaultLocale: Locale;
};

/** A minute, from one address: a carrier puts a whole county behind one. */
const RATE_LIMIT = { max: 600, timeWindow: 60_000 };

const TokenParams = Type.Object({ token: Type.String({ maxLength: 200 }) });
const FormSchema = Type.Object({
  reply: Type.Union([Type.Literal('0'), Type.Literal('1'), Type.Literal('2')]),
  confirm: Type.Optional(Type.String({ maxLength: 10 })),
});

/** `/r`, `/r/{token}`: a notification is answered without a login. Opening the page changes nothing; its buttons do. */
export const linkRoutes =
  (deps: LinkRoutesDeps): RouteGroup =>
  (app) => {
    // In a scope of its own: nothing else here takes forms.
    void app.register(async (scope: App) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: 1_000 },
        (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
      );
      addRoutes(scope, deps);
    });
  };

const addRoutes = (app: App, deps: LinkRoutesDeps): void => {
  const { pool, clock, key } = deps;
  const others: readonly Locale[] = deps.defaultLocale === 'en' ? ['en', 'zh-CN'] : ['zh-CN', 'en'];
  const config = { rateLimit: RATE_LIMIT };
  const schema = { hide: true };

  app.get('/r', { config, schema }, async (_request, reply) => show(reply, codePage(others)));

  app.get(
    '/r/:token',
    { config, schema: { ...schema, params: TokenParams } },
    async ({ params }, reply) => {
      const link = readReplyToken(key, params.token, clock.now());
      if (link.kind === 'forged') return show(reply.code(404), refusalPage('forged', others));
      const notification = await findAnswerable(pool, link.notificationId);
      if (notification === undefined) return show(reply.code(404), refusalPage('forged', others));
      if (link.kind === 'expired') {
        return show(reply.code(410), refusalPage('expired', [notification.locale]));
      }
      return show(reply, askPage(notification));
    },
  );

  app.post(
    '/r/:token',
    { config, schema: { ...schema, params: TokenParams, body: FormSchema } },
    async ({ params, body }, reply) => {
      const now = clock.now();
      const link = readReplyToken(key, params.token, now);
      if (link.kind === 'forged') return show(reply.code(404), refusalPage('forged', others));
      if (link.kind === 'expired') return show(reply.code(410), refusalPage('expired', others));
      const result = await answerNotification(deps, {
        notificationId: link.notificationId,
        personId: null,
        reply: body.reply,
        via: 'link',
        at: now,
        confirms: body.confirm === 'yes',
      });
      return showResult(reply, result, { smsSignature: deps.smsSignature, others });
    },
  );
};

const showResult = (
  reply: FastifyReply,
  result: AnswerResult,
  { smsSignature, others }: { smsSignature: string; others: readonly Locale[] },
): FastifyReply => {
  if (result.kind === 'not_theirs') return show(reply.code(404), refusalPage('forged', others));
  const { notification } = result;
  const { locale } = notification;
  const words = LINK_WORDS[locale];
  if (result.kind === 'given_before') {
    return show(reply.code(409), refusalPage('givenBefore', [locale]));
  }
  switch (result.decision) {
    case 'acknowledge':
      return show(reply, donePage(locale, words.taken));
    case 'decline':
      return show(reply, donePage(locale, words.declined));
    case 'dismiss':
      return show(reply, donePage(locale, words.dismissed));
    case 'ask_false_alarm':
      return show(reply, confirmPage(notification));
    case 'over':
    case 'ask_which':
    case 'not_understood':
      return show(
        reply,
        donePage(
          locale,
          result.answer === undefined
            ? words.instead
            : renderAnswer(result.answer, locale, smsSignature),
        ),
      );
  }
};

const show = (reply: FastifyReply, html: string): FastifyReply =>
  reply
    .header('content-security-policy', LINK_PAGE_POLICY)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
