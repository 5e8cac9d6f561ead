import type { TakenOverStatus, Template } from './template.ts';

const TAKEN: Record<TakenOverStatus, string> = {
  acknowledged: 'was taken over by',
  verified: 'was verified by',
  responding: 'has forces under way, sent by',
  contained: 'is contained, says',
  closed: 'is over, says',
  dismissed: 'is a false alarm, says',
};

const KINDS = { smoke: 'smoke', flame: 'flame', heat: 'heat' } as const;
const LEVELS = { review: 'Possible fire', strong: 'Fire' } as const;

export const en: Template = {
  kinds: KINDS,
  levels: LEVELS,
  spoken: ({ kind, level, upgrade, unanswered, place, time, radius, code }) => {
    const what = `${unanswered ? 'Nobody has taken it yet. ' : ''}${upgrade ? 'Now confirmed as a fire' : LEVELS[level]}`;
    const metres = radius.replace(/ m$/, ' metres').replace(/ km$/, ' kilometres');
    const said = `${what}, code ${code.split('').join(', ')}. ${KINDS[kind]} at ${place}, ${time}, within ${metres}.`;
    return `Forest fire alarm. ${said} Once more. ${said} Press 1 to take it, 2 for a false alarm, 0 if you cannot come.`;
  },
  sentence: ({ number, kind, level, upgrade, unanswered, place, source, time, lonLat, radius }) =>
    `${unanswered ? 'UNTAKEN fire' : upgrade ? 'UPGRADED fire' : level === 'strong' ? 'Fire' : 'Possible fire'} ${number}: ${kind} at ${place}, ${time}, by ${source}. lon,lat ${lonLat} (WGS-84) +/-${radius}.`,
  doubt: (problem) => ` Source not well: ${problem}.`,
  joinPlace: (names) => names.join(' '),
  nowhere: 'home area',
  metres: (value) => `${value} m`,
  kilometres: (value) => `${value} km`,
  repeatMark: 'REPEAT: ',
  replyHints: (code) => [
    ` Reply 1 take, 2 false alarm, 0 can't come (code ${code}).`,
    ` Code ${code}.`,
  ],
  bundle: ({ incidents, fresh }) =>
    `${incidents.length} ${fresh ? 'new fires' : 'untaken fires'}: ${incidents.map(({ number, place, code }) => `${number}${place === '' ? '' : ` ${place}`} (${code})`).join('; ')}. Reply with code, e.g. "${incidents[0]?.code ?? ''} 1" to take it.`,
  merged: (number) => `Fire ${number} is now part of another.`,
  askFalseAlarm: ({ number, code }) =>
    `Fire ${number}: if it is a false alarm, reply ${code} 2 again within 10 min.`,
  askWhich: (incidents) =>
    `Which fire? Reply ${incidents.map(({ number, code }) => `${code} 1 to take ${number}`).join('; ')}.`,
  notUnderstood: ({ number, code }) =>
    `Fire ${number}: reply ${code} 1 to take it, ${code} 2 false alarm, ${code} 0 cannot come.`,
  reportDue: ({ number, by }) =>
    `Fire ${number} must be reported upwards by ${by}; it is not entered as reported.`,
  foreignAircraft: ({ number, id, distance, height, operator }) =>
    `Unknown drone over fire ${number}: ${distance} from it${height === null ? '' : `, ${height} high`}, id ${id}.${operator === null ? '' : ` Operator at lon,lat ${operator} (WGS-84).`}`,
  code: ({ code, until }) => `Code ${code}, good until ${until}. Enter it or reply with it.`,
  stopped: 'No more SMS to this number, not even of fires. Reply START to resume.',
  started: 'SMS to this number are on again. Reply STOP to end them.',
  stoppedOnDuty: ({ name, reachable }) =>
    `${name} is on duty and sent STOP: ${reachable ? 'no more SMS, told in other ways only' : 'CANNOT BE TOLD of a fire'}. Call, or put another on duty.`,
  dutyGap: ({ place, from, to, coveredAbove, more }) =>
    `Nobody on duty: ${place}, ${from}${to === null ? '' : ` to ${to}`}${more > 0 ? `, and ${String(more)} more` : ''}. Fill it; fires go to ${coveredAbove ? 'those on duty above' : 'all officers'}.`,
  stuck: (number) =>
    `SYSTEM ALARM: fire ${number} is not escalated as planned. Call those on duty by hand.`,
  takenOver: ({ number, by, status }) => `Fire ${number} ${TAKEN[status]} ${by}.`,
};
