import type { PoolClient } from 'pg';
import { localTime } from '../../shared/local-time.ts';
import type { Policy } from '../../shared/policy.ts';
import type { IncidentAlert, SeenFact } from '../alert.ts';
import { type Wording, type WrittenNotification, writeAlerts } from '../write-alerts.ts';
import {
  type Escalation,
  findEscalation,
  freeCode,
  insertEscalation,
  listToldPersons,
  updateSeen,
} from './escalation-store.ts';
import { firingsOf, planEscalation } from './plan-escalation.ts';
import { effectivePolicies, policyFor } from './policy-for.ts';
import { listPolicies } from './policy-store.ts';
import { type Recipients, readRecipients } from './recipients.ts';

export type AlertInput = Wording & {
  alert: IncidentAlert;
  /** Those of config/county.json; what was entered by API comes before them. */
  policies: readonly Policy[];
  /** Somebody has acknowledged the incident: who must hear more of it is told, nobody is chased. */
  taken: boolean;
  /** 0 when it opens or moves to another region; 1 for what was told as possible and is now strong. */
  round: number;
  /** Also decides who is on duty. */
  now: Date;
};

export type WrittenAlert = {
  policyId: string | null;
  code: string;
  /** Where those told were found; `nobody` must be shouted about. */
  dutyLevel: Recipients['dutyLevel'];
  /** The rows that are new. */
  notifications: WrittenNotification[];
  /** Persons who should have been told and have no contact that may be used. */
  unreachable: string[];
  /** How often the policy tells somebody, and how often it has. */
  fired: number;
  nextAt: string | null;
};

/**
 * Tells people of an incident, in the incident's own transaction. The first time it chooses the policy, makes its first
 * firing and leaves the others to the escalator. Again for the same incident (it moved to another region, it has become
 * strong) it tells those whom the steps made so far reach there now, and restarts nothing.
 */
export const alertIncident = async (tx: PoolClient, input: AlertInput): Promise<WrittenAlert> => {
  const { alert, now } = input;
  const known = await findEscalation(tx, alert.incidentId);
  if (known !== undefined) {
    await updateSeen(tx, alert.incidentId, seenOf(alert));
    return tell(tx, input, { escalation: known, again: true });
  }
  const fresh = await begin(tx, input);
  const { state, nextAt } = planEscalation(fresh, firingsOf(fresh.policy.steps), now);
  const started: Escalation = input.taken
    ? { ...fresh, ...state, stoppedAt: now, stoppedReason: 'taken before', nextAt: null }
    : { ...fresh, ...state, nextAt };
  await insertEscalation(tx, started);
  return tell(tx, input, { escalation: started, again: false });
};

const begin = async (tx: PoolClient, input: AlertInput): Promise<Escalation> => {
  const { alert, now, regions } = input;
  const policies = effectivePolicies(await listPolicies(tx), input.policies);
  const policy = policyFor(policies, {
    regionChain: regions.chain(alert.regionId),
    severity: alert.severity,
    level: alert.level,
    localTime: localTime(now, input.timeZone),
  });
  if (policy === undefined) throw new Error('no default policy; the configuration should have one');
  return {
    incidentId: alert.incidentId,
    policy,
    seen: seenOf(alert),
    code: await freeCode(tx, now),
    startedAt: now,
    baseAt: now,
    fired: 0,
    lastFiredAt: null,
    nextAt: null,
    declined: [],
    stoppedAt: null,
    stoppedReason: null,
  };
};

const seenOf = ({ kind, sourceName, observedAt, receivedAt }: IncidentAlert): SeenFact => ({
  kind,
  sourceName,
  observedAt,
  receivedAt,
});

/** Tells whom the steps made so far reach, each person in the first step that does. */
const tell = async (
  tx: PoolClient,
  input: AlertInput,
  { escalation, again }: { escalation: Escalation; again: boolean },
): Promise<WrittenAlert> => {
  const { alert, round, now } = input;
  const { policy, code, fired, nextAt } = escalation;
  const made = new Set(
    firingsOf(policy.steps)
      .slice(0, fired)
      .map(({ step }) => step),
  );
  const told = again ? await listToldPersons(tx, alert.incidentId, round) : new Set<string>();
  const notifications: WrittenNotification[] = [];
  const unreachable = new Set<string>();
  let dutyLevel: Recipients['dutyLevel'] | undefined;
  for (const [step, { to, channels }] of policy.steps.entries()) {
    if (!made.has(step)) continue;
    const found = await readRecipients(tx, {
      to,
      regions: input.regions,
      regionId: alert.regionId,
      now,
    });
    dutyLevel ??= found.dutyLevel;
    for (const id of found.unreachable) unreachable.add(id);
    const people = found.people.filter(({ id }) => !told.has(id));
    for (const { id } of people) told.add(id);
    const telling = { alert, people, channels, step, occurrence: 0, round, code, dueAt: now, now };
    notifications.push(...(await writeAlerts(tx, input, telling)));
  }
  return {
    policyId: policy.id,
    code,
    dutyLevel: dutyLevel ?? 'named',
    notifications,
    unreachable: [...unreachable],
    fired,
    nextAt: nextAt?.toISOString() ?? null,
  };
};
