import type { Device } from './device.ts';

type Properties = Device['properties'];

/** What the API shows in place of a secret. */
const HIDDEN = '***';

/** With what stands here anyone could speak for the device, or to it. */
const SECRETS = ['imagePassword', 'mavlinkSigningKey'] as const;
const DAHUA_SECRETS = ['password'] as const;

/** A device as people may see it. */
export const withoutSecrets = <T extends Pick<Device, 'properties'>>(device: T): T => {
  const properties = hide(device.properties, SECRETS);
  const dahua = dahuaOf(properties);
  return {
    ...device,
    properties:
      dahua === undefined ? properties : { ...properties, dahua: hide(dahua, DAHUA_SECRETS) },
  };
};

/**
 * Properties to be stored in place of `known`: a secret stays where it is not named, or is sent back as it was shown; `null`
 * takes it away. Dahua's belongs to the address it was given for.
 */
export const withKnownSecrets = (given: Properties, known: Properties): Properties => {
  const properties = keep(given, known, SECRETS);
  const [dahua, before] = [dahuaOf(given), dahuaOf(known)];
  if (dahua === undefined || before === undefined || dahua.url !== before.url) return properties;
  return { ...properties, dahua: keep(dahua, before, DAHUA_SECRETS) };
};

/** Secrets that were sent as they are shown where none is known. */
export const secretMistakes = (properties: Properties): { path: string; message: string }[] => {
  const message = `is "${HIDDEN}", as it is shown; give it anew, or leave it out`;
  const dahua = dahuaOf(properties) ?? {};
  return [
    ...SECRETS.filter((field) => properties[field] === HIDDEN),
    ...DAHUA_SECRETS.filter((field) => dahua[field] === HIDDEN).map((field) => `dahua.${field}`),
  ].map((path) => ({ path, message }));
};

const dahuaOf = ({ dahua }: Properties): Properties | undefined =>
  typeof dahua === 'object' && dahua !== null ? { ...dahua } : undefined;

const hide = (record: Properties, secrets: readonly string[]): Properties =>
  Object.fromEntries(
    Object.entries(record).map(([field, value]) => [
      field,
      secrets.includes(field) && value !== null ? HIDDEN : value,
    ]),
  );

const keep = (given: Properties, known: Properties, secrets: readonly string[]): Properties => {
  const kept = secrets.filter(
    (field) =>
      known[field] !== undefined && (given[field] === undefined || given[field] === HIDDEN),
  );
  return { ...given, ...Object.fromEntries(kept.map((field) => [field, known[field]])) };
};
