import { AppError } from '../shared/app-error.ts';

/** Throws `unprocessable` that names every wrong field; nothing when there is none. */
export const refuseFields = (errors: readonly { path: string; message: string }[]): void => {
  if (errors.length === 0) return;
  const list = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('unprocessable', list, { errors: [...errors] });
};
