import Type from 'typebox';
import { compileSchema } from '../shared/schema.ts';
import type { Device } from './device.ts';

/** Where we fetch the events of a Dahua camera or recorder, and with which of its users. Kept in `properties.dahua`. */
const DahuaSetupSchema = Type.Object({
  url: Type.String({ pattern: '^https?://[^/?#@\\s]+/?$', maxLength: 300 }),
  user: Type.String({ minLength: 1, maxLength: 100 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
  /** Events to ask for; left out: `FireWarning`. One the device does not know makes it refuse all. */
  codes: Type.Optional(
    Type.Array(Type.String({ pattern: '^[A-Za-z0-9_]{1,60}$' }), { minItems: 1, maxItems: 20 }),
  ),
});
export type DahuaSetup = Type.Static<typeof DahuaSetupSchema>;

const check = compileSchema(DahuaSetupSchema);

type Properties = Device['properties'];

/** Undefined for a device of which no events are fetched. */
export const dahuaSetupOf = ({
  properties,
}: Pick<Device, 'properties'>): DahuaSetup | undefined => {
  const checked = check(properties.dahua);
  return checked.ok ? checked.value : undefined;
};

/** What is wrong with the settings, each with its place. */
export const dahuaSetupMistakes = ({ dahua }: Properties): { path: string; message: string }[] => {
  const checked = check(dahua);
  if (dahua === undefined || dahua === null || checked.ok) return [];
  return checked.errors.map(({ path, message }) => ({
    path: path === '/' ? 'dahua' : `dahua${path.replaceAll('/', '.')}`,
    message:
      path === '/url' ? 'is not http(s)://host[:port], without path, user or password' : message,
  }));
};
