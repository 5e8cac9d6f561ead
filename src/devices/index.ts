export { writeBrokerFiles } from './broker-files.ts';
export { createBrokerFilesKeeper } from './broker-files-keeper.ts';
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
export { deviceRoutes } from './device-routes.ts';
export {
  type DeviceState,
  type DeviceWithState,
  findDevice,
  findDeviceWithState,
  insertCredential,
  listDevices,
  replaceSecret,
  revokeCredential,
} from './device-store.ts';
export { mosquittoFiles } from './mosquitto-files.ts';
export { changeDevice, type RegisterDeps, registerDevice } from './register-device.ts';
export { createSecret, hashSecret, verifySecret } from './secret.ts';
export { mayPublish, maySubscribe, type Principal } from './topic-access.ts';
