import type { Reply } from './parse-reply.ts';

/** An incident the sender was told of within the last day. */
export type ToldIncident = {
  incidentId: string;
  number: string;
  code: string;
  status: string;
};

export type Decision =
  | { kind: 'acknowledge' | 'ask_false_alarm' | 'dismiss' | 'decline'; incident: ToldIncident }
  /** Several could be meant. */
  | { kind: 'ask_which'; incidents: ToldIncident[] }
  /** Somebody has it already, or it is over. */
  | { kind: 'over'; incident: ToldIncident }
  | { kind: 'not_understood'; incident: ToldIncident };

/** A verified fire is not dismissed by two digits: somebody has looked at it. */
const POSSIBLE: Record<Exclude<Reply['kind'], 'unknown'>, readonly string[]> = {
  take: ['reported'],
  cannot_come: ['reported'],
  false_alarm: ['reported', 'acknowledged'],
};

/**
 * What a reply means, given the incidents its sender was told of, newest first (at least one), and the one whose
 * dismissal he or she was asked to confirm a moment ago. Dismissing takes two replies; a reply that may mean several is
 * asked back.
 */
export const decideReply = (
  reply: Reply,
  told: readonly [ToldIncident, ...ToldIncident[]],
  askedAbout: string | null,
): Decision => {
  const open = (statuses: readonly string[]): ToldIncident[] =>
    told.filter(({ status }) => statuses.includes(status));
  if (reply.kind === 'unknown') {
    const [incident] = open(POSSIBLE.take);
    return incident === undefined
      ? { kind: 'over', incident: told[0] }
      : { kind: 'not_understood', incident };
  }
  const possible = open(POSSIBLE[reply.kind]);
  const meant = possible.filter(({ code, incidentId }) =>
    reply.code !== null
      ? code === reply.code
      : reply.kind !== 'false_alarm' || askedAbout === null || incidentId === askedAbout,
  );
  const [incident, ...others] = meant;
  if (incident === undefined) {
    const over = told.find(({ code }) => code === reply.code);
    if (over !== undefined) return { kind: 'over', incident: over };
    return possible.length > 0
      ? { kind: 'ask_which', incidents: possible }
      : { kind: 'over', incident: told[0] };
  }
  if (others.length > 0) return { kind: 'ask_which', incidents: meant };
  switch (reply.kind) {
    case 'take':
      return { kind: 'acknowledge', incident };
    case 'cannot_come':
      return { kind: 'decline', incident };
    case 'false_alarm':
      return incident.incidentId === askedAbout
        ? { kind: 'dismiss', incident }
        : { kind: 'ask_false_alarm', incident };
  }
};
