import { describe, expect, it } from 'vitest';
import { decideReply, type ToldIncident } from '../../../../src/notify/replies/decide-reply.ts';
import { parseReply } from '../../../../src/notify/replies/parse-reply.ts';

const incident = (code: string, status: string): ToldIncident => ({
  incidentId: `i${code}`,
  number: `AR-${code}`,
  code,
  status,
});
const decide = (
  text: string,
  told: [ToldIncident, ...ToldIncident[]],
  askedAbout: string | null = null,
): string => {
  const decision = decideReply(parseReply(text), told, askedAbout);
  const codes =
    'incidents' in decision ? decision.incidents.map(({ code }) => code) : [decision.incident.code];
  return `${decision.kind} ${codes.join()}`;
};

describe('decideReply', () => {
  const one: [ToldIncident] = [incident('417', 'reported')];
  const two: [ToldIncident, ToldIncident] = [
    incident('501', 'reported'),
    incident('417', 'reported'),
  ];
  const taken: [ToldIncident] = [incident('417', 'acknowledged')];

  it.each([
    ['1', 'acknowledge 417'],
    ['417 1', 'acknowledge 417'],
    ['0', 'decline 417'],
    ['2', 'ask_false_alarm 417'],
    ['418 1', 'ask_which 417'],
    ['ok', 'not_understood 417'],
  ])('of one open incident takes %j as %s', (text, decision) => {
    expect(decide(text, one)).toBe(decision);
  });

  it.each([
    ['1', 'ask_which 501,417'],
    ['417 1', 'acknowledge 417'],
    ['0', 'ask_which 501,417'],
    ['2', 'ask_which 501,417'],
    ['418 0', 'ask_which 501,417'],
    ['ok', 'not_understood 501'],
  ])('of two open incidents takes %j as %s', (text, decision) => {
    expect(decide(text, two)).toBe(decision);
  });

  it('means the open one when the other is taken', () => {
    expect(decide('1', [incident('501', 'acknowledged'), ...one])).toBe('acknowledge 417');
    expect(decide('501 1', [incident('501', 'acknowledged'), ...one])).toBe('over 501');
  });

  it('tells who has what is taken or over, and still lets a taken one turn out false', () => {
    expect(['1', '0', 'ok', '417 1'].map((text) => decide(text, taken))).toEqual([
      'over 417',
      'over 417',
      'over 417',
      'over 417',
    ]);
    expect(decide('2', taken)).toBe('ask_false_alarm 417');
    expect(decide('2', [incident('417', 'verified')])).toBe('over 417');
  });

  it('dismisses only what it has asked about', () => {
    expect(decide('2', one, 'i417')).toBe('dismiss 417');
    expect(decide('2', two, 'i417')).toBe('dismiss 417');
    expect(decide('501 2', two, 'i417')).toBe('ask_false_alarm 501');
    expect(decide('1', one, 'i417')).toBe('acknowledge 417');
  });
});
