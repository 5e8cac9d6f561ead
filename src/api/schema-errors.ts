/** What a TypeBox or Ajv validator says about one mistake. */
export type RawSchemaError = {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
};

export type FieldError = { path: string; message: string };

/**
 * Turns a validator's errors into one readable line a field: every wrong field is named, and the several
 * errors a union gives for one value become one. `whole` names the value itself (`body`, `query`).
 */
export const fieldErrors = (errors: readonly RawSchemaError[], whole: string): FieldError[] => {
  const byPath = new Map<string, RawSchemaError[]>();
  for (const error of errors.flatMap(perField)) {
    byPath.set(error.instancePath, [...(byPath.get(error.instancePath) ?? []), error]);
  }
  return [...byPath].map(([pointer, group]) => ({
    path: fieldPath(pointer) || whole,
    message: describe(group),
  }));
};

/** `/features/3/geometry` → `features[3].geometry`. */
const fieldPath = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => {
      if (/^\d+$/.test(part)) return `${path}[${part}]`;
      return path === '' ? part : `${path}.${part}`;
    }, '');

/** A missing or unknown property is told at the property, not at the object that lacks or holds it. */
const perField = (error: RawSchemaError): RawSchemaError[] => {
  if (error.keyword === 'required') {
    return names(error.params, 'requiredProperties').map((name) => ({
      ...error,
      instancePath: `${error.instancePath}/${escapePointer(name)}`,
      message: 'is required',
    }));
  }
  if (error.keyword === 'additionalProperties') {
    return names(error.params, 'additionalProperties').map((name) => ({
      ...error,
      instancePath: `${error.instancePath}/${escapePointer(name)}`,
      message: 'is not a known field',
    }));
  }
  // `additionalProperties: false` also reports each property as "schema is false".
  return error.keyword === 'boolean' ? [] : [error];
};

const describe = (group: readonly RawSchemaError[]): string => {
  const values = group.flatMap(allowedValues).map((value) => JSON.stringify(value));
  const others = group.filter((error) => !['const', 'enum', 'anyOf'].includes(error.keyword));
  // "or null" helps nobody who tried to say something.
  const telling = others.filter((error) => !isNullType(error));
  const messages = [
    ...(values.length === 0 ? [] : [oneOf(values)]),
    ...(telling.length === 0 ? others : telling).map((error) => error.message),
  ];
  if (messages.length === 0) return group[0]?.message ?? 'is not valid';
  return [...new Set(messages)].join(group.some((e) => e.keyword === 'anyOf') ? ' or ' : ', ');
};

const isNullType = ({ keyword, params }: RawSchemaError): boolean =>
  keyword === 'type' && (params as { type?: unknown }).type === 'null';

const allowedValues = ({ keyword, params }: RawSchemaError): unknown[] => {
  const { allowedValue, allowedValues: list } = params as {
    allowedValue?: unknown;
    allowedValues?: unknown[];
  };
  return keyword === 'const' ? [allowedValue] : keyword === 'enum' ? (list ?? []) : [];
};

const oneOf = (constants: readonly string[]): string =>
  constants.length === 1
    ? `must be ${constants[0] ?? ''}`
    : `must be one of ${constants.join(', ')}`;

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const names = (params: object, key: string): string[] => {
  const value: unknown = (params as Record<string, unknown>)[key];
  return Array.isArray(value) ? value.map(String) : [];
};
