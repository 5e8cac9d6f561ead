import { createHash } from 'node:crypto';
import type { DetectionKind } from '../../incidents/index.ts';
import type { Box } from '../../locate/index.ts';
import { instantAt, isDay } from '../../shared/local-time.ts';
import type { DetectionReport } from '../decoded.ts';

/**
 * Of equipment that alarms without saying how sure it is. It is not what decides on an incident's confidence; that is
 * the kind of source.
 */
const CONFIDENCE_NOT_SAID = 0.5;

/** A report of which nothing is known but its kind and time: what a decoder fills in. */
export const bareReport = (
  known: Pick<DetectionReport, 'sourceEventId' | 'observedAt' | 'kind'> &
    Partial<Pick<DetectionReport, 'confidence'>>,
): DetectionReport => ({
  confidence: CONFIDENCE_NOT_SAID,
  position: null,
  positionRadiusM: null,
  regionId: null,
  azimuthDeg: null,
  elevationDeg: null,
  rangeM: null,
  frame: null,
  box: null,
  temperatureC: null,
  imageUrl: null,
  ...known,
});

/** "FireDetection", "SMOKE", "山火", but not "firewall" or "firmware". */
const FLAME = /fire(?!wall|wire|fox|work)|flame|火/i;
const SMOKE = /smoke|烟/i;
const HEAT = /radiometr|thermometr|temperaturealarm|thermalalarm|hotspot|高温|热点/i;

/** What the name of an event or label says was seen; null = nothing of fire. */
export const fireKindOf = (name: string): DetectionKind | null => {
  // "SmokeFireDetection" and 烟火 name a function that alarms at smoke already: flame would be more than it says.
  if (SMOKE.test(name)) return 'smoke';
  if (FLAME.test(name)) return 'flame';
  return HEAT.test(name) ? 'heat' : null;
};

/** A number, also as text; null for all else and outside [min, max]. */
export const numberWithin = (value: unknown, min: number, max: number): number | null => {
  const text = typeof value === 'string' ? value.trim() : value;
  const number = typeof text === 'string' && text !== '' ? Number(text) : text;
  return typeof number === 'number' && number >= min && number <= max ? number : null;
};

/** Text that is not empty; a number as text; null for all else. */
export const textOf = (value: unknown): string | null => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** XML cannot tell a list of one from a single thing. */
export const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

export const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** A box from fractions that may lie a little outside the picture; null where it is none. */
export const boxOf = (x0: unknown, y0: unknown, x1: unknown, y1: unknown): Box | null => {
  const [left, top, right, bottom] = [x0, y0, x1, y1].map((value) => numberWithin(value, -1, 2));
  if (left === null || left === undefined || top === null || top === undefined) return null;
  if (right === null || right === undefined || bottom === null || bottom === undefined) return null;
  if (right < left || bottom < top) return null;
  return [inside(left), inside(top), inside(right), inside(bottom)];
};

const inside = (fraction: number): number => Math.min(1, Math.max(0, fraction));

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}):(\d{2})(\.\d{1,9})?$/;
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/i;
/** Later than any equipment in use; what is beyond it is no time. */
const LAST_MS = Date.UTC(2100, 0, 1);

/**
 * An instant from text, RFC 3339 or the like; without a zone it is local time in `timeZone`. Null where it is none: an
 * alarm whose clock is broken is still an alarm.
 */
export const timeOf = (value: unknown, timeZone: string): Date | null => {
  const text = textOf(value);
  if (text === null) return null;
  if (ZONED.test(text)) return instantOf(Date.parse(text.replace(' ', 'T')));
  const [, day, time, seconds, fraction] = LOCAL.exec(text) ?? [];
  if (day === undefined || time === undefined || !isDay(day) || time > '23:59') return null;
  const within = (Number(seconds) + Number(fraction ?? 0)) * 1000;
  return Number(time.slice(3)) > 59 || within >= 60_000
    ? null
    : instantOf(instantAt(day, time, timeZone).getTime() + within);
};

/** An instant from milliseconds since 1970; null where that is none. */
export const instantOf = (ms: unknown): Date | null =>
  typeof ms === 'number' && ms > 0 && ms < LAST_MS ? new Date(Math.trunc(ms)) : null;

/** Long enough for every id that equipment makes. What is longer, or cannot be stored as text, becomes its hash. */
const PLAIN_ID = /^[\x20-\x7e]{1,200}$/;

/** The id of one thing a message says, from what makes it that and stays when the message comes again. */
export const eventIdOf = (...parts: readonly unknown[]): string => {
  const id = parts.map((part) => textOf(part) ?? '').join('/');
  return PLAIN_ID.test(id) ? id : createHash('sha256').update(id).digest('hex');
};

/** The same where the message has nothing of the kind: its bytes. */
export const contentId = (payload: Buffer, part: number): string =>
  `${createHash('sha256').update(payload).digest('hex')}/${String(part)}`;

/** −1 and 0: not measured. */
export const distanceM = (value: unknown): number | null => {
  const metres = numberWithin(value, 0, 50_000);
  return metres === 0 ? null : metres;
};

/** Degrees Celsius from whichever unit it was measured in; null where that is not said or not possible. */
export const celsius = (value: unknown, unit: unknown): number | null => {
  const read = numberWithin(value, -500, 10_000);
  const name = textOf(unit)?.toLowerCase() ?? 'celsius';
  if (read === null) return null;
  const converted = CONVERT[name]?.(read) ?? null;
  return converted === null ? null : numberWithin(converted, -273.15, 5000);
};

const CONVERT: Readonly<Record<string, (value: number) => number>> = {
  celsius: (value) => value,
  fahrenheit: (value) => ((value - 32) * 5) / 9,
  kelvin: (value) => value - 273.15,
};
