import { actOnIncident } from '../incidents/index.ts';
import { type IngestSinks, rejected } from '../ingest/index.ts';
import { type AnswerDeps, answerNotification, recordReceipt } from '../notify/index.ts';
import { moveResourcesOf } from '../resources/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import { savePersonPosition } from '../telemetry/index.ts';

/** What people's apps say: where they are, and what they have received and answer. */
export const createPersonSinks = (
  shared: Pool,
  answers: AnswerDeps,
): Pick<IngestSinks, 'personPosition' | 'receipt'> => {
  /** "Acknowledged" in the app takes the incident; one that is already over stays over. */
  const acknowledge = async (incidentId: string, personId: string): Promise<void> => {
    const act = {
      incidentId,
      action: 'acknowledge',
      actor: `person:${personId}`,
      now: answers.clock.now(),
    } as const;
    try {
      await actOnIncident(answers, act);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    }
  };

  return {
    personPosition: async (
      personId,
      { position: [lon, lat], accuracyM, observedAt },
      receivedAt,
    ) => {
      const known = await savePersonPosition(shared, {
        personId,
        lon,
        lat,
        accuracyM,
        observedAt,
        receivedAt,
      });
      if (known) await moveResourcesOf(shared, personId, { lonLat: [lon, lat], at: observedAt });
    },
    receipt: async (personId, { notificationId, event, reply, at }, receivedAt) => {
      const result = await recordReceipt(shared, {
        notificationId,
        personId,
        event,
        at,
        receivedAt,
      });
      if (result.kind === 'not_theirs') {
        return rejected(
          'invalid_payload',
          `notification ${notificationId} is not one of "${personId}"`,
        );
      }
      if (reply !== null) {
        const given = { notificationId, personId, reply, via: 'app', at } as const;
        const answered = await answerNotification(answers, given);
        return answered.kind === 'not_theirs'
          ? rejected('invalid_payload', `notification ${notificationId} cannot be answered`)
          : undefined;
      }
      if (event === 'acknowledged' && result.incidentId !== null) {
        await acknowledge(result.incidentId, personId);
      }
      return undefined;
    },
  };
};
