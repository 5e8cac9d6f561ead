import { ask } from './dialog.js';
import { compass, distance, offset } from './format.js';
import { request } from './http.js';
import { placeName } from './places.js';
import { t, word } from './texts.js';

const OPEN_STATUSES = 'reported,acknowledged,verified,responding,contained';
const LABELS = ['wildfire_smoke', 'other_smoke', 'other'];
const TAKE_BACK = '';

/** Each asks first, and resolves with the incident the service answers; undefined when the person thought better of it. */

/** What a detection really shows. */
export const labelDetection = async ({ id, label }) => {
  const choices = LABELS.map((value) => ({ value, text: word('label', value) }));
  if (label !== null) choices.push({ value: TAKE_BACK, text: t().takeBack });
  const chosen = await ask({ title: t().judgeTitle, choices, chosen: label ?? undefined });
  if (chosen === undefined || chosen === label) return undefined;
  const path = `detections/${id}/label`;
  return chosen === TAKE_BACK
    ? request(path, { method: 'DELETE' })
    : request(path, { method: 'PUT', body: { label: chosen } });
};

/** Some detections are another fire. */
export const splitOff = async (incident, detectionIds) => {
  const count = detectionIds.length;
  const sure = await ask({ title: t().split(count), text: t().splitText(count) });
  if (sure === undefined) return undefined;
  return request(`incidents/${incident.id}/split`, { method: 'POST', body: { detectionIds } });
};

/** This incident is the same fire as another that is still open; the nearest stands first. */
export const mergeAway = async (incident, toast) => {
  const { items } = await request(`incidents?limit=100&status=${OPEN_STATUSES}`);
  const others = items
    .filter(({ id }) => id !== incident.id)
    .map((other) => ({ other, away: offset(incident.fix, other.fix) }))
    .toSorted((a, b) => a.away.distanceM - b.away.distanceM);
  if (others.length === 0) {
    toast(t().mergeNone);
    return undefined;
  }
  const intoId = await ask({
    title: t().merge,
    text: t().mergeText(incident.number),
    choices: others.map(({ other, away }) => ({ value: other.id, text: otherText(other, away) })),
  });
  if (intoId === undefined) return undefined;
  return request(`incidents/${incident.id}/merge`, { method: 'POST', body: { intoId } });
};

const otherText = (other, { distanceM, azimuthDeg }) =>
  [
    other.number,
    placeName(other.regionId),
    t().away(distance(distanceM), compass(azimuthDeg, t().compass)),
    word('status', other.status),
  ].join(' · ');

/** Takes back the last merge or split. */
export const undoLast = async (incident) => {
  const sure = await ask({ title: t().undo, text: t().undoText });
  if (sure === undefined) return undefined;
  return request(`incidents/${incident.id}/undo`, { method: 'POST', body: {} });
};

/** Is there a merge or split that was not taken back? */
export const canUndo = (events) => {
  const undone = new Set(
    events.filter(({ type }) => type === 'undone').map(({ data }) => data.operationId),
  );
  return events.some(
    ({ type, data }) =>
      (type === 'merged' || type === 'absorbed' || type === 'split') &&
      data.operationId !== undefined &&
      !undone.has(data.operationId),
  );
};
