import { AppError } from '../shared/app-error.ts';

/** An RFC 3339 time; throws `bad_request` that names the field. */
export const parseTime = (path: string, text: string): Date => {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new AppError('bad_request', `${path} is not an RFC 3339 time`, {
    errors: [
      { path, message: `"${text}" is not an RFC 3339 time, e.g. 2026-11-02T08:00:00+08:00` },
    ],
  });
};
