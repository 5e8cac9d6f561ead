import { AppError } from '../shared/app-error.ts';
import type { IncidentStatus } from './candidate.ts';
import { INCIDENT_STATUSES } from './incident-json.ts';

export type Bbox = readonly [west: number, south: number, east: number, north: number];
export type ListPosition = { openedAt: Date; id: string };

/** `status=reported,acknowledged`. Throws `bad_request` naming the statuses there are. */
export const parseStatuses = (text: string): IncidentStatus[] =>
  text.split(',').map((name) => {
    const status = INCIDENT_STATUSES.find((known) => known === name.trim());
    if (status === undefined) {
      throw badQuery('status', `"${name}" is not one of ${INCIDENT_STATUSES.join(', ')}`);
    }
    return status;
  });

/** `bbox=west,south,east,north` in degrees. Throws `bad_request`. */
export const parseBbox = (text: string): Bbox => {
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN, ...rest] =
    text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const valid =
    rest.length === 0 &&
    west >= -180 &&
    east <= 180 &&
    south >= -90 &&
    north <= 90 &&
    west <= east &&
    south <= north;
  if (!valid)
    throw badQuery('bbox', 'must be west,south,east,north in degrees, west ≤ east, south ≤ north');
  return [west, south, east, north];
};

/** Where the next page of a list goes on; opaque to the client. */
export const encodeCursor = ({ openedAt, id }: ListPosition): string =>
  Buffer.from(`${openedAt.toISOString()} ${id}`).toString('base64url');

/** Throws `bad_request` for anything that `encodeCursor` did not make. */
export const decodeCursor = (cursor: string): ListPosition => {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const openedAt = new Date(time);
  if (Number.isNaN(openedAt.getTime()) || !/^[0-9a-f-]{36}$/.test(id)) {
    throw badQuery('cursor', 'is not one this service gave; start again without it');
  }
  return { openedAt, id };
};

const badQuery = (path: string, message: string): AppError =>
  new AppError('bad_request', 'The query is not valid', { errors: [{ path, message }] });
