import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { AppError } from '../shared/app-error.ts';
import { fieldErrors } from './schema-errors.ts';

/** TypeBox stops at 8 by default: too few to mend a GeoJSON file in one go, as unions report several each. */
const MAX_RAW_ERRORS = 200;
/** How many fields one answer names. */
const MAX_FIELDS = 50;

const PART_NAMES: Record<string, string> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
};

/**
 * Checks requests against their schemas: defaults are filled in, nothing is removed, and text becomes a
 * number or boolean only where the transport has nothing but text (query, path, headers). A body must
 * already have the right types: `"12"` for a longitude is a mistake worth telling.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  Settings.Set({ maxErrors: MAX_RAW_ERRORS });
  const check = Compile(schema);
  const part = PART_NAMES[httpPart ?? 'body'] ?? 'request';
  const typed = httpPart === 'body' ? (value: unknown) => value : textConverter(schema);
  return (input: unknown) => {
    const value = Value.Default(schema, typed(input));
    if (check.Check(value)) return { value };
    const errors = fieldErrors(check.Errors(value), part).slice(0, MAX_FIELDS);
    return { error: new AppError('bad_request', `The ${part} is not valid`, { errors }) };
  };
};

/**
 * Strict where TypeBox's own conversion is lenient: it makes `lat=` 0 (a place in the Gulf of Guinea) and
 * `limit=5.7` 5. Here text that is not a plain decimal number stays text, and the schema refuses it.
 */
const textConverter = (schema: TSchema): ((value: unknown) => unknown) => {
  const { properties } = schema as { properties?: Record<string, { type?: unknown }> };
  const converters = Object.entries(properties ?? {}).flatMap(([name, { type }]) => {
    const convert = converterFor(type);
    return convert === undefined ? [] : [{ name, convert }];
  });
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const { name, convert } of converters) {
      const text = copy[name];
      if (typeof text === 'string') copy[name] = convert(text);
    }
    return copy;
  };
};

const converterFor = (type: unknown): ((text: string) => unknown) | undefined => {
  if (type === 'number' || type === 'integer') {
    return (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text);
  }
  if (type === 'boolean') {
    return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  }
  return type === 'array' ? (text) => [text] : undefined;
};
