import type { Incident } from '../../incidents/index.ts';
import type { CountyConfig } from '../../shared/county-config.ts';

export type ReportingRule = NonNullable<CountyConfig['reporting']>;

/**
 * When a fire has to be reported upwards: `deadlineS` after it was verified or forces were sent, whichever was first. Null
 * while it is neither, and for one that was dismissed or is part of another.
 */
export const reportDeadline = (
  incident: Pick<Incident, 'status' | 'verifiedAt' | 'respondingAt'>,
  { deadlineS }: Pick<ReportingRule, 'deadlineS'>,
): Date | null => {
  if (incident.status === 'dismissed' || incident.status === 'merged') return null;
  const known = [incident.verifiedAt, incident.respondingAt].flatMap((at) => at?.getTime() ?? []);
  return known.length === 0 ? null : new Date(Math.min(...known) + deadlineS * 1000);
};
