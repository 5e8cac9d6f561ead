import type { DetectionKind, IncidentAlert } from '../alert.ts';

/** What the sentence is made of; `place` and `source` may have been shortened. */
export type Phrases = {
  number: string;
  kind: DetectionKind;
  level: IncidentAlert['level'];
  /** Told as possible before, now strong. */
  upgrade: boolean;
  /** Told because nobody has answered the alert before. */
  unanswered: boolean;
  place: string;
  source: string;
  /** Local time, HH:MM. */
  time: string;
  /** `113.26944,26.70912`: longitude first. */
  lonLat: string;
  radius: string;
};

/** An incident as it is named in an answer. */
export type NamedIncident = { number: string; code: string };

/** An incident in a message about several; `place` may be empty. */
export type BundledIncident = NamedIncident & { place: string };

/** What somebody made of an incident that others were still being told of. */
export type TakenOverStatus =
  | 'acknowledged'
  | 'verified'
  | 'responding'
  | 'contained'
  | 'closed'
  | 'dismissed';

/** What is said on the phone. */
export type SpokenPhrases = Pick<
  Phrases,
  'kind' | 'level' | 'upgrade' | 'unanswered' | 'place' | 'time' | 'radius'
> & { code: string };

/** A stretch of time in which nobody is on duty in a region; times are local, `to` null for one with no end in sight. */
export type NamedGap = {
  place: string;
  from: string;
  to: string | null;
  /** Somebody above is on duty. */
  coveredAbove: boolean;
  /** How many more there are, untold. */
  more: number;
};

/** The words of one language. */
export type Template = {
  kinds: Readonly<Record<DetectionKind, string>>;
  levels: Readonly<Record<IncidentAlert['level'], string>>;
  /** The alert for the ear, twice, and which keys to press. */
  spoken(phrases: SpokenPhrases): string;
  sentence(phrases: Phrases): string;
  /** Behind the sentence: the source is not well. */
  doubt(problem: string): string;
  /** Names from coarse to fine. */
  joinPlace(names: readonly string[]): string;
  /** The place of an incident outside every imported region. */
  nowhere: string;
  metres(value: number): string;
  kilometres(value: string): string;
  /** Put before a message that may have arrived once already. */
  repeatMark: string;
  /** How to answer by SMS, in full and as short as can be; put behind the sentence where there is room. */
  replyHints(code: string): readonly string[];
  /** Several fires in one message, and how to answer each; `fresh`: none of them was told before. */
  bundle(news: { incidents: readonly BundledIncident[]; fresh: boolean }): string;
  /** Somebody has the incident now. */
  takenOver(news: { number: string; by: string; status: TakenOverStatus }): string;
  /** Answers to what somebody wrote. */
  merged(number: string): string;
  askFalseAlarm(incident: NamedIncident): string;
  /** Several are open: which one is meant? */
  askWhich(incidents: readonly NamedIncident[]): string;
  notUnderstood(incident: NamedIncident): string;
  /** The time to report upwards runs out; `by` is local time. */
  reportDue(news: { number: string; by: string }): string;
  /** An aircraft that is not ours is near; `distance` from the fire, the others null where it does not say. */
  foreignAircraft(news: {
    number: string;
    id: string;
    distance: string;
    height: string | null;
    /** `lon,lat`, WGS-84. */
    operator: string | null;
  }): string;
  /** A code that proves a contact; `until` is local time. */
  code(news: { code: string; until: string }): string;
  /** Answers to STOP and START. */
  stopped: string;
  started: string;
  /** To the admins: somebody on duty has sent STOP; `reachable` by other means. */
  stoppedOnDuty(news: { name: string; reachable: boolean }): string;
  /** To those who can fill it. */
  dutyGap(gap: NamedGap): string;
  /** The service has not escalated the incident as it should. */
  stuck(number: string): string;
};
