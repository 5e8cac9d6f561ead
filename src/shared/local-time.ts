const DAY_MS = 86_400_000;

/** Local calendar day as `yyyy-mm-dd` in an IANA time zone. */
export const localDay = (at: Date, timeZone: string): string => {
  const { year, month, day } = wallClock(at.getTime(), timeZone);
  return `${year}-${month}-${day}`;
};

/** Local wall-clock time as `HH:MM`. */
export const localTime = (at: Date, timeZone: string): string => {
  const { hour, minute } = wallClock(at.getTime(), timeZone);
  return `${hour}:${minute}`;
};

/** Whether a text is a time zone of the IANA database ("Asia/Shanghai"); offsets ("+08:00") are not. */
export const isTimeZone = (text: string): boolean => {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    formatOf(text);
    return true;
  } catch {
    return false;
  }
};

/** Whether a text is a day of the calendar, `yyyy-mm-dd`. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;

/** The day `days` after a day, both `yyyy-mm-dd`. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** From one day to another, both `yyyy-mm-dd`; negative when the second is the earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/**
 * The instant at which clocks in an IANA time zone show `HH:MM` on a day `yyyy-mm-dd`. A time they show twice (clocks set
 * back) is the first of the two; one they skip (set forward) is as much later as they were set: 02:30 becomes 03:30.
 * The same choice as Temporal's `disambiguation: 'compatible'`.
 */
export const instantAt = (day: string, time: string, timeZone: string): Date => {
  const wall = Date.parse(`${day}T${time}:00Z`);
  // A day before and after, the offset is surely the one from before and from after any change of clocks here.
  const before = wall - offsetMs(wall - DAY_MS, timeZone);
  const after = wall - offsetMs(wall + DAY_MS, timeZone);
  if (before === after) return new Date(before);
  const shown = [before, after].filter((at) => at + offsetMs(at, timeZone) === wall);
  return new Date(shown.length === 0 ? before : Math.min(...shown));
};

/** Rosters ask for the same handovers again and again, and asking Intl takes 10 µs. */
const MAX_KNOWN_OFFSETS = 10_000;
const knownOffsets = new Map<string, Map<number, number>>();

/** How far local clocks are ahead of UTC. */
const offsetMs = (at: number, timeZone: string): number => {
  const offsets = knownOffsets.get(timeZone) ?? new Map<number, number>();
  const known = offsets.get(at);
  if (known !== undefined) return known;
  const { year, month, day, hour, minute, second } = wallClock(at, timeZone);
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const offset = wall - Math.floor(at / 1000) * 1000;
  if (offsets.size >= MAX_KNOWN_OFFSETS) offsets.clear();
  knownOffsets.set(timeZone, offsets.set(at, offset));
  return offset;
};

type WallClock = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;

/** What a clock on the wall shows, each field with its leading zeros. */
const wallClock = (at: number, timeZone: string): WallClock => {
  const shown: WallClock = { year: '', month: '', day: '', hour: '', minute: '', second: '' };
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) {
    if (Object.hasOwn(shown, type)) shown[type as keyof WallClock] = value;
  }
  return shown;
};

/** Making a format takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
};
