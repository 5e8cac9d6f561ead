import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type AppErrorCode, errorMessage } from '../shared/app-error.ts';

/** RFC 9457. `type` is about:blank: the status says what kind of problem it is, `detail` what to do. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: { path: string; message: string }[];
};

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

const STATUS: Record<AppErrorCode, number> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unprocessable: 422,
  too_many_requests: 429,
  unavailable: 503,
  startup: 500,
};

/** Framework errors whose own text speaks of the framework, said in terms of what to send instead. */
const FRAMEWORK_DETAIL: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'This media type is not accepted; send JSON with Content-Type: application/json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The request body is larger than this route accepts',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The request body is not valid JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'Content-Length does not match the body that was sent',
  FST_ERR_BAD_URL: 'The URL is not correctly percent-encoded',
  FST_ERR_PARAM_LENGTH_EXCEEDED: 'A part of the path is too long',
};

/** PostgreSQL or the way to it is not there: the caller did nothing wrong and may try again. */
const DATABASE_AWAY = /^(08|57P0|53)/;
const NETWORK_AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);
const POOL_AWAY =
  /timeout exceeded when trying to connect|connection terminated|client has encountered a connection error/i;
/** Text PostgreSQL cannot hold: U+0000, or a lone surrogate. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);
/** Two transactions met; the same request succeeds when sent again. */
const TRY_AGAIN = new Set(['40001', '40P01', '55P03']);

/** What the caller is told about any error; text of unexpected ones stays in the log. */
export const toProblem = (error: unknown, instance: string): Problem => {
  const known = describe(error);
  const title = STATUS_CODES[known.status] ?? 'Error';
  return { type: 'about:blank', title, instance, ...known };
};

type Described = Pick<Problem, 'status' | 'detail' | 'errors'>;

const describe = (error: unknown): Described => {
  if (error instanceof AppError) return describeAppError(error);
  const { statusCode, code } = fieldsOf(error);
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, detail: FRAMEWORK_DETAIL[code] ?? errorMessage(error) };
  }
  if (UNSTORABLE_TEXT.has(code)) {
    return { status: 400, detail: 'A text holds a character that cannot be stored (U+0000)' };
  }
  if (TRY_AGAIN.has(code)) {
    return { status: 503, detail: 'Another change came in between; send the request again' };
  }
  if (isAway(error, code)) {
    return { status: 503, detail: 'The database cannot be reached; try again shortly' };
  }
  return { status: 500, detail: 'Something went wrong here; the log has more under this instance' };
};

const describeAppError = (error: AppError): Described => {
  const status = STATUS[error.code];
  // A startup error names files and variables of this machine: nothing for a caller to see.
  if (status === 500) return { status, detail: 'The service is not set up correctly; see its log' };
  return {
    status,
    detail: error.message,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
  };
};

const isAway = (error: unknown, code: string): boolean =>
  DATABASE_AWAY.test(code) ||
  NETWORK_AWAY.has(code) ||
  (error instanceof Error && POOL_AWAY.test(error.message));

const fieldsOf = (error: unknown): { statusCode: unknown; code: string } => {
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  return { statusCode, code: typeof code === 'string' ? code : '' };
};

/** One id names the request in the answer and in the log. */
export const instanceOf = (request: FastifyRequest): string => `urn:uuid:${request.id}`;

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  if (problem.status === 401 && !reply.hasHeader('www-authenticate'))
    void reply.header('www-authenticate', 'Bearer');
  if (problem.status === 503 && !reply.hasHeader('retry-after'))
    void reply.header('retry-after', 2);
  return reply
    .code(problem.status)
    .type(PROBLEM_MEDIA_TYPE)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
};

/** The one error handler. */
export const problemHandler = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  const problem = toProblem(error, instanceOf(request));
  if (problem.status >= 500)
    request.log.error({ err: error, status: problem.status }, 'request failed');
  return sendProblem(reply, problem);
};
