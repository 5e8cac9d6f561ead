export {
  type Device,
  DeviceIdSchema,
  type DeviceKind,
  DeviceKindSchema,
  type DeviceRegistration,
  DeviceRegistrationSchema,
  DeviceSchema,
} from './device.ts';
export { createDeviceRegistry, type DeviceRegistry } from './device-registry.ts';
export { type DeviceRoutesDeps, deviceRoutes } from './device-routes.ts';
export {
  type DeviceState,
  type DeviceWithState,
  findDevice,
  findDeviceWithState,
  insertCredential,
  listBrokerUsers,
  listDevices,
  replaceSecret,
  revokeCredential,
} from './device-store.ts';
export { type BrokerUser, mosquittoFiles, type ServiceLogin } from './mosquitto-files.ts';
export { createMosquittoFilesWriter, writeMosquittoFiles } from './mosquitto-files-writer.ts';
export { changeDevice, type RegisterDeps, registerDevice } from './register-device.ts';
export { createSecret, hashSecret, verifySecret } from './secret.ts';
export { mayPublish, maySubscribe, type Principal } from './topic-access.ts';
