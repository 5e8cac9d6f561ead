import { addDays, instantAt } from '../shared/local-time.ts';

/** Milliseconds since the epoch, `to` exclusive. */
export type Span = { from: number; to: number };

export type DayAvailability = {
  /** Local, `yyyy-mm-dd`. */
  day: string;
  /** How long it was known whether the device was there, seconds. */
  knownS: number;
  /** How much of that it was not. */
  downS: number;
  /** How often that began on this day. */
  outages: number;
  /** 1 − downS ÷ knownS; null = nothing is known. */
  availability: number | null;
};

export type History = {
  registeredAt: Date;
  absences: readonly (Span & { presence: 'down' | 'unknown' })[];
  /** When devices were looked at; what was in between is not known. */
  watches: readonly Span[];
};

/** The local day's begin and end: 23 or 25 hours when clocks are changed. */
export const spanOfDay = (day: string, timeZone: string): Span => ({
  from: instantAt(day, '00:00', timeZone).getTime(),
  to: instantAt(addDays(day, 1), '00:00', timeZone).getTime(),
});

/** How available a device was on a day. What was before its registration, or while nobody looked, does not count. Pure. */
export const dayAvailability = (
  { registeredAt, absences, watches }: History,
  day: string,
  timeZone: string,
): DayAvailability => {
  const whole = spanOfDay(day, timeZone);
  const from = Math.max(whole.from, registeredAt.getTime());
  const inDay = { from, to: Math.max(whole.to, from) };
  const watched = union(clip(watches, inDay));
  const unknown = union(clip(of(absences, 'unknown'), inDay));
  const known = minus(watched, unknown);
  const down = union(clip(of(absences, 'down'), inDay));
  const knownMs = length(known);
  const downMs = knownMs - length(minus(known, down));
  return {
    day,
    knownS: Math.round(knownMs / 1000),
    downS: Math.round(downMs / 1000),
    outages: of(absences, 'down').filter((span) => span.from >= whole.from && span.from < whole.to)
      .length,
    availability: knownMs === 0 ? null : 1 - downMs / knownMs,
  };
};

const of = (
  absences: History['absences'],
  wanted: History['absences'][number]['presence'],
): Span[] => absences.filter(({ presence }) => presence === wanted);

const clip = (spans: readonly Span[], within: Span): Span[] =>
  spans
    .map(({ from, to }) => ({ from: Math.max(from, within.from), to: Math.min(to, within.to) }))
    .filter(({ from, to }) => from < to);

/** Ordered, without overlaps. */
const union = (spans: readonly Span[]): Span[] => {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else joined.push({ ...span });
  }
  return joined;
};

/** What of `spans` is in none of `gone`; both ordered and without overlaps. */
const minus = (spans: readonly Span[], gone: readonly Span[]): Span[] =>
  spans.flatMap((span) => {
    const left: Span[] = [];
    let { from } = span;
    for (const gap of gone) {
      if (gap.to <= from || gap.from >= span.to) continue;
      if (gap.from > from) left.push({ from, to: gap.from });
      from = Math.max(from, gap.to);
    }
    return from < span.to ? [...left, { from, to: span.to }] : left;
  });

const length = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, to }) => sum + to - from, 0);
