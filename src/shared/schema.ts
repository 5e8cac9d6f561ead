import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

export type SchemaResult<T> =
  | { ok: true; value: T }
  | { ok: false; errors: { path: string; message: string }[] };

/** How many mistakes are worth telling: enough to mend a file in one go, few enough to read. */
const MAX_ERRORS = 20;

/** Compiles a schema once; the returned function checks a value without changing it. */
export const compileSchema = <T extends TSchema>(
  schema: T,
): ((value: unknown) => SchemaResult<Static<T>>) => {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return { ok: true, value: value as Static<T> };
    const errors = withoutUnionNoise(validator.Errors(value))
      .slice(0, MAX_ERRORS)
      .map((error) => ({ path: error.instancePath || '/', message: error.message }));
    return { ok: false, errors };
  };
};

type RawError = { keyword: string; instancePath: string; message: string; params: object };

/** A field that may be null also says "must be null" and "must match anyOf": that helps nobody who tried to say something. */
const withoutUnionNoise = (errors: readonly RawError[]): RawError[] => {
  const telling = errors.filter(
    ({ keyword, params }) =>
      keyword !== 'anyOf' &&
      !(keyword === 'type' && (params as { type?: unknown }).type === 'null'),
  );
  const isTold = ({ instancePath: path }: RawError): boolean =>
    telling.some((t) => t.instancePath === path || t.instancePath.startsWith(`${path}/`));
  return errors.filter((error) => telling.includes(error) || !isTold(error));
};
