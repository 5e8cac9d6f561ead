import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import type { Claim } from './dji-claim.ts';
import { asRecord, type DjiMessage } from './dji-envelope.ts';
import { RESULT } from './dji-reply.ts';

/** What the cloud side of a dock has to know of itself. */
export type DjiCloud = {
  organizationId: string;
  organizationName: string;
  /** From the county's app at developer.dji.com; a dock checks it with DJI before it binds. Undefined = not set. */
  app: { id: string; key: string; license: string } | undefined;
  /** Where docks without internet get the time. */
  ntp: { host: string; port: number } | undefined;
};

const Sn = Type.String({ minLength: 1, maxLength: 200 });
const checkDevices = compileSchema(
  Type.Object({ devices: Type.Array(Type.Object({ sn: Sn }), { maxItems: 32 }) }),
);
const checkOrganization = compileSchema(
  Type.Object({ organization_id: Type.Optional(Type.String({ maxLength: 200 })) }),
);
const BindingSchema = Type.Object({
  bind_devices: Type.Array(
    Type.Object({
      sn: Sn,
      organization_id: Type.Optional(Type.String({ maxLength: 200 })),
      device_callsign: Type.Optional(Type.String({ maxLength: 200 })),
      device_model_key: Type.Optional(Type.String({ maxLength: 40 })),
    }),
    { maxItems: 32 },
  ),
});
const checkBinding = compileSchema(BindingSchema);

/** What only that request has in its data; DJI's own examples leave the method out of some. */
const TELLING_FIELDS: readonly (readonly [field: string, method: string])[] = [
  ['bind_devices', 'airport_organization_bind'],
  ['devices', 'airport_bind_status'],
  ['device_binding_code', 'airport_organization_get'],
  ['config_scope', 'config'],
  ['module', 'storage_config_get'],
];

/** The method of a request, from its data where it names none. */
export const requestMethod = ({ method, data }: DjiMessage): string | null => {
  if (method !== null) return method;
  const fields = asRecord(data);
  return TELLING_FIELDS.find(([field]) => Object.hasOwn(fields, field))?.[1] ?? null;
};

/** A device as `airport_bind_status` tells of it; undefined callsign = not bound here. */
export type CallsignOf = (sn: string) => string | undefined;

/**
 * The data that answers a request of a gateway; undefined for a method that is not known. Binding is decided
 * elsewhere (`readBinding`), as it changes the registry.
 */
export const answerRequest = (
  request: DjiMessage,
  cloud: DjiCloud,
  callsignOf: CallsignOf,
): Record<string, unknown> | undefined => {
  const { data } = request;
  switch (requestMethod(request)) {
    case 'config':
      return configData(cloud);
    case 'airport_bind_status': {
      const checked = checkDevices(data);
      if (!checked.ok) return { result: RESULT.failed };
      const bind_status = checked.value.devices.map(({ sn }) =>
        bindStatus(sn, cloud, callsignOf(sn)),
      );
      return { result: RESULT.ok, output: { bind_status } };
    }
    case 'airport_organization_get': {
      const checked = checkOrganization(data);
      return checked.ok && checked.value.organization_id === cloud.organizationId
        ? { result: RESULT.ok, output: { organization_name: cloud.organizationName } }
        : { result: RESULT.wrongOrganization, output: { organization_name: '' } };
    }
    // Pictures are not taken here; an answer keeps the dock from asking without end.
    case 'storage_config_get':
      return { result: RESULT.failed };
    case null:
    default:
      return undefined;
  }
};

/** The serial numbers `airport_bind_status` asks about; none for another request. */
export const bindStatusSerials = (request: DjiMessage): string[] => {
  const isAsked = requestMethod(request) === 'airport_bind_status';
  const checked = isAsked ? checkDevices(request.data) : undefined;
  return checked?.ok === true ? checked.value.devices.map(({ sn }) => sn) : [];
};

const configData = ({ app, ntp }: DjiCloud): Record<string, unknown> => ({
  ...(app === undefined
    ? { result: RESULT.failed }
    : { app_id: app.id, app_key: app.key, app_license: app.license }),
  ...(ntp === undefined ? {} : { ntp_server_host: ntp.host, ntp_server_port: ntp.port }),
});

const bindStatus = (
  sn: string,
  { organizationId, organizationName }: DjiCloud,
  callsign: string | undefined,
): Record<string, unknown> => {
  const bound = callsign !== undefined;
  return {
    sn,
    is_device_bind_organization: bound,
    organization_id: bound ? organizationId : '',
    organization_name: bound ? organizationName : '',
    device_callsign: callsign ?? '',
  };
};

/** The devices `airport_organization_bind` wants bound; undefined when it is not valid. */
export const readBinding = (
  data: unknown,
): (Claim & { organizationId: string | null })[] | undefined => {
  const checked = checkBinding(data);
  if (!checked.ok) return undefined;
  return checked.value.bind_devices.map((device) => ({
    sn: device.sn,
    modelKey: device.device_model_key ?? null,
    name: device.device_callsign ?? null,
    organizationId: device.organization_id ?? null,
  }));
};

/** The answer to it: each device with 0 or why not. */
export const bindingData = (
  outcomes: readonly { sn: string; code: number }[],
): Record<string, unknown> => ({
  result: RESULT.ok,
  output: { err_infos: outcomes.map(({ sn, code }) => ({ sn, err_code: code })) },
});
