import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { IncidentEventType } from '../../../src/incidents/incident-event-store.ts';
import {
  INCIDENT_STATUSES,
  IncidentSchema,
  LabelSchema,
} from '../../../src/incidents/incident-json.ts';
import { DUTY_LEVELS } from '../../../src/people/duty.ts';
import { CONTACT_CHANNELS } from '../../../src/people/person.ts';
import { FixFlagSchema, FixMethodSchema } from '../../../src/shared/geo.ts';
import { packageFile } from '../../../src/shared/package-root.ts';
import type { SuppressionKind } from '../../../src/suppression/layer.ts';

type Texts = { [key: string]: string | string[] | Texts | ((...values: never[]) => string) };

/** The compiler holds these complete. */
const EVENTS: Record<IncidentEventType, true> = {
  opened: true,
  detection_added: true,
  fix_updated: true,
  region_changed: true,
  confidence_changed: true,
  suppressed: true,
  suppression_ended: true,
  ambiguous: true,
  ambiguity_resolved: true,
  detection_left: true,
  detection_labelled: true,
  merged: true,
  absorbed: true,
  split: true,
  undone: true,
  acknowledged: true,
  verified: true,
  responding: true,
  contained: true,
  closed: true,
  dismissed: true,
  notified: true,
  escalated: true,
  declined: true,
  escalation_stuck: true,
  report_due: true,
  reported_up: true,
  arrived: true,
  nobody_to_notify: true,
  notification_failed: true,
  fallback: true,
  foreign_aircraft: true,
};
const SUPPRESSIONS: Record<SuppressionKind, true> = {
  permitted_burn: true,
  heat_source: true,
  view_mask: true,
};
/** Of src/incidents/confidence.ts. */
const FACTORS =
  'camera_alarm camera_frame second_mast second_mast_frame same_mast viirs modis himawari caller drone ranger labelled permitted_burn heat_source view_mask';

const words: Record<string, readonly string[]> = {
  method: FixMethodSchema.anyOf.map((method) => method.const),
  flag: FixFlagSchema.anyOf.map((flag) => flag.const),
  level: IncidentSchema.properties.alertLevel.anyOf.map((level) => level.const),
  label: LabelSchema.anyOf.map((label) => label.const),
  status: INCIDENT_STATUSES,
  event: Object.keys(EVENTS),
  suppression: Object.keys(SUPPRESSIONS),
  factor: FACTORS.split(' '),
  channel: CONTACT_CHANNELS,
  'duty.cover': [...DUTY_LEVELS, 'nobody'],
};

const shapeOf = (texts: Texts, path = ''): string[] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'object' && !Array.isArray(text)
      ? shapeOf(text, `${path}${key}.`)
      : [`${path}${key}: ${Array.isArray(text) ? `${String(text.length)} texts` : typeof text}`],
  );

describe('the texts of the page', () => {
  let zh: Texts;
  let en: Texts;
  beforeAll(async () => {
    const file = (name: string): string => join(packageFile('src/console/public'), name);
    ({ zh } = (await import(file('texts-zh.js'))) as { zh: Texts });
    ({ en } = (await import(file('texts-en.js'))) as { en: Texts });
  });

  it('say everything in both languages', () => {
    expect(shapeOf(zh).length).toBeGreaterThan(150);
    expect(shapeOf(en).toSorted()).toEqual(shapeOf(zh).toSorted());
  });

  it.each(Object.entries(words))('have a word for every %s the service knows', (group, keys) => {
    for (const texts of [zh, en]) {
      const known = shapeOf(texts).map((line) => line.split(':')[0]);
      expect(keys.filter((key) => !known.includes(`${group}.${key}`))).toEqual([]);
    }
  });
});
