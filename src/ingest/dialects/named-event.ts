import { cameraSetupOf } from '../../devices/index.ts';
import type { DetectionKind } from '../../incidents/index.ts';
import type { CameraItem } from '../camera-message.ts';
import type { DetectionReport } from '../decoded.ts';
import { bareReport, fireKindOf, textOf } from './camera-values.ts';

/** An event known by its name: its topic without namespaces, the analytics rule that raised it, what it says. */
export type NamedEvent = {
  path: string;
  rule: string | null;
  data: Record<string, unknown>;
};

/** A detection of the camera that sent the event, where the event is one of fire for it. */
export const fireItem = (
  event: NamedEvent,
  said: Pick<DetectionReport, 'observedAt' | 'sourceEventId'> &
    Partial<Pick<DetectionReport, 'confidence'>>,
): CameraItem => ({
  camera: null,
  readFor: (device) => {
    const kind = fireKindAt(event, cameraSetupOf(device).fireEvents);
    return kind === null
      ? { kind: 'nothing' }
      : { kind: 'detection', report: bareReport({ kind, ...said }) };
  },
});

/**
 * What it says was seen; null = nothing of fire. `fireEvents` of the registration come first (a part of the path, or
 * the rule), as makers name the alarms of their recognition as they like.
 */
const fireKindAt = (
  { path, rule, data }: NamedEvent,
  fireEvents: readonly string[],
): DetectionKind | null => {
  const names = [path, rule ?? '', ...NAMING.map((field) => textOf(data[field]) ?? '')];
  const kind = fireKindOf(names.join('\n'));
  if (kind !== null) return kind;
  const isNamed = fireEvents.some((event) => rule === event || path.includes(event));
  return isNamed ? 'smoke' : null;
};

/** Fields that say what was recognised, where the topic is one for everything. */
const NAMING = ['ObjectType', 'ClassType', 'Class', 'Type', 'Label', 'class', 'type', 'label'];

const OFF = new Set(['0', 'false', 'inactive', 'off', 'stop', 'ended']);
const STATES = /^(state|active|alarm(active|state)?|is\w*|value|logicalstate)$/i;

/** False where a state says that it is over; an event without a state happened. */
export const isActive = ({ data }: NamedEvent): boolean =>
  !Object.entries(data).some(
    ([name, value]) => STATES.test(name) && OFF.has(String(value).toLowerCase()),
  );
