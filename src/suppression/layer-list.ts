import Type, { type Static } from 'typebox';
import { AppError } from '../shared/app-error.ts';
import { DateTimeSchema, PageQuery } from '../shared/http.ts';
import type { ListFilter } from './layer-rows.ts';

/** What every list of layers can be asked. */
export const LayerListQuery = Type.Object(
  {
    ...PageQuery,
    at: Type.Optional({ ...DateTimeSchema, description: 'Only those in force at this time' }),
    active: Type.Optional(
      Type.Boolean({
        description:
          'true: only those in force now (or at `at`); false: only the others, cancelled ones too; left out: all that are not cancelled',
      }),
    ),
  },
  { additionalProperties: false },
);

type LayerList = Static<typeof LayerListQuery>;

/** Asks for one more than a page holds, to see whether there is a next. */
export const filterOf = (query: LayerList, now: Date): ListFilter => {
  const { limit = 50, cursor, at, active } = query;
  return {
    inForce: active ?? (at === undefined ? undefined : true),
    at: at === undefined ? now : parseTime(at),
    afterId: cursor,
    limit: limit + 1,
  };
};

/** A page of what was found, with the cursor when there is more. */
export const pageFrom = <T extends { id: string }>(
  found: readonly T[],
  { limit = 50 }: LayerList,
): { items: T[]; next?: string } => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
};

const parseTime = (text: string): Date => {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  const message = `"${text}" is not an RFC 3339 time, e.g. 2026-11-02T08:00:00+08:00`;
  throw new AppError('bad_request', `at ${message}`, { errors: [{ path: 'at', message }] });
};
