/** What a device logs in with over HTTP. */
export type DeviceLogin = { deviceId: string; secret: string };

/**
 * Of an Authorization header: Basic with id and secret, or Bearer with `{deviceId}.{secret}` (an id may hold dots, a
 * secret holds none). Undefined where it is neither. Pure.
 */
export const credentialsIn = (header: string | undefined): DeviceLogin | undefined => {
  const [, scheme, value] = /^(Basic|Bearer) +([\w~+/.=-]{1,1000}) *$/i.exec(header ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  const isBasic = scheme.toLowerCase() === 'basic';
  const text = isBasic ? Buffer.from(value, 'base64').toString('utf8') : value;
  const at = isBasic ? text.indexOf(':') : text.lastIndexOf('.');
  return at <= 0 ? undefined : { deviceId: text.slice(0, at), secret: text.slice(at + 1) };
};
