import type { DetectionKind, IncidentAlert } from '../alert.ts';

/** What the sentence is made of; `place` and `source` may have been shortened. */
export type Phrases = {
  number: string;
  kind: DetectionKind;
  level: IncidentAlert['level'];
  /** Told as possible before, now strong. */
  upgrade: boolean;
  place: string;
  source: string;
  /** Local time, HH:MM. */
  time: string;
  /** `113.26944,26.70912`: longitude first. */
  lonLat: string;
  radius: string;
};

/** The words of one language. */
export type Template = {
  sentence(phrases: Phrases): string;
  /** Names from coarse to fine. */
  joinPlace(names: readonly string[]): string;
  /** The place of an incident outside every imported region. */
  nowhere: string;
  metres(value: number): string;
  kilometres(value: string): string;
  /** Put before a message that may have arrived once already. */
  repeatMark: string;
};
