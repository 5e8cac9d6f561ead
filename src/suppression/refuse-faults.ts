import type { FastifyRequest } from 'fastify';
import { AppError } from '../shared/app-error.ts';
import type { Fault } from '../shared/geometry-check.ts';

/**
 * Refuses a body with all its mistakes at once: those its schema found (the route has `attachValidation`, which
 * hands them over instead of answering with them alone) and those only our own check can. After it returns, the
 * body is what the schema says. `bad_request` when the schema objects, else `unprocessable`.
 */
export const refuseFaults = (
  { validationError }: Pick<FastifyRequest, 'validationError'>,
  faults: readonly Fault[],
): void => {
  if (validationError === undefined && faults.length === 0) return;
  const bySchema = bodyErrors(validationError);
  const known = new Set(bySchema.map(({ path }) => path));
  const errors = [...bySchema, ...faults.filter(({ path }) => !known.has(path))];
  const list = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  const code = validationError === undefined ? 'unprocessable' : 'bad_request';
  throw new AppError(code, list === '' ? 'The body is not valid' : list, { errors });
};

/** Throws what is wrong elsewhere than in the body: with a path that is not valid, nothing else matters. */
const bodyErrors = (error: FastifyRequest['validationError']): Fault[] => {
  if (error === undefined) return [];
  if (error.validationContext !== 'body' || !(error instanceof AppError)) throw error;
  return error.errors;
};
