import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import { ANY_ROLE, type RouteGroup } from '../../shared/http.ts';
import { renderAnswer } from '../render-answer.ts';
import { type AnswerDeps, answerNotification } from './answer-notification.ts';
import { OUTCOMES } from './carry-out.ts';

/** `POST notifications/{id}/reply`: as by SMS, for who was told. */
export const answerRoutes =
  (deps: AnswerDeps): RouteGroup =>
  (app) => {
    app.post(
      '/notifications/:id/reply',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['notifications'],
          summary: 'Answer a notification of yours: 1 I take it, 2 false alarm, 0 I cannot come',
          description:
            'As by SMS: 2 asks whether it is really a false alarm (`asked whether false alarm`), a second 2 within ten minutes dismisses it. `message` says who has it where it is too late.',
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
          body: Type.Object({ reply: Type.Enum(['0', '1', '2']) }, { additionalProperties: false }),
          response: {
            200: Type.Object({
              incidentId: Type.String(),
              incidentNumber: Type.String(),
              outcome: Type.Enum(Object.values(OUTCOMES)),
              message: Type.Optional(Type.String()),
            }),
          },
        },
      },
      async ({ params: { id }, body: { reply }, user }) => {
        const result =
          user.personId === null
            ? ({ kind: 'not_theirs' } as const)
            : await answerNotification(deps, {
                notificationId: id,
                personId: user.personId,
                reply,
                via: 'api',
                at: deps.clock.now(),
              });
        if (result.kind === 'not_theirs') {
          throw new AppError('not_found', `notification "${id}" is not one of yours to answer`);
        }
        const { notification } = result;
        const { incidentId, number, locale } = notification;
        // Two requests within one millisecond are the same one.
        if (result.kind === 'given_before') {
          throw new AppError('conflict', 'this answer has just been given');
        }
        const { answer, decision } = result;
        return {
          incidentId,
          incidentNumber: number,
          outcome: OUTCOMES[decision],
          ...(answer === undefined
            ? {}
            : { message: renderAnswer(answer, locale, deps.smsSignature) }),
        };
      },
    );
  };
