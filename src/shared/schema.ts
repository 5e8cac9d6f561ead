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
    const errors = validator
      .Errors(value)
      .slice(0, MAX_ERRORS)
      .map((error) => ({ path: error.instancePath || '/', message: error.message }));
    return { ok: false, errors };
  };
};
