import { type DeviceRegistry, problemText } from '../devices/index.ts';
import { type AlertHook, appendEvent } from '../incidents/index.ts';
import type { DetectionIntakeDeps } from '../ingest/index.ts';
import { alertIncident, setUpChannels } from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';

/** Writes the notifications of a new incident (or of one whose fix moved) in the incident's own transaction. */
export const createAlertHook =
  (
    context: Context,
    {
      regions,
      registry,
      problemsOf,
    }: {
      regions: RegionIndex;
      registry: DeviceRegistry;
      problemsOf: DetectionIntakeDeps['problemsOf'];
    },
  ): AlertHook =>
  async (tx, { incident, seen, level, reason, now }) => {
    const [problem] = problemsOf(seen);
    const planned = await alertIncident(tx, {
      alert: {
        incidentId: incident.id,
        number: incident.number,
        severity: incident.severity,
        kind: seen.kind,
        regionId: incident.regionId,
        fix: incident.fix,
        ...(problem === undefined ? {} : { sourceProblem: problemText(problem) }),
        sourceName: registry.get(seen.deviceId)?.name ?? seen.deviceId,
        observedAt: seen.observedAt,
        receivedAt: seen.receivedAt,
        level,
      },
      // Who was told of a possible fire is told once more when it has become a strong alarm.
      round: reason === 'strong' ? 1 : 0,
      taken: incident.status !== 'reported',
      regions,
      policies: context.config.policies,
      smsSignature: context.config.notify.smsSignature,
      timeZone: context.env.timeZone,
      setUp: setUpChannels(context.channels),
      ...(context.replyUrl === undefined ? {} : { replyUrl: context.replyUrl }),
      now,
    });
    await appendEvent(tx, {
      incidentId: incident.id,
      type: planned.dutyLevel === 'nobody' ? 'nobody_to_notify' : 'notified',
      actor: 'system',
      at: now,
      data: { ...planned, step: 0, occurrence: 0, level, reason },
    });
    if (planned.unreachable.length > 0) {
      context.logger.error(
        { incidentId: incident.id, number: incident.number, personIds: planned.unreachable },
        'on duty, but without a contact that can be used',
      );
    }
    if (planned.dutyLevel === 'nobody') {
      context.logger.error(
        { incidentId: incident.id, number: incident.number },
        'NOBODY to notify: register people with contacts (POST /api/v1/people)',
      );
    }
  };
