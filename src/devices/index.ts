export { writeBrokerFiles } from './broker-files.ts';
export { createBrokerFilesKeeper } from './broker-files-keeper.ts';
export { type CameraSetup, cameraSetupOf } from './camera-setup.ts';
export { insertCredential, replaceSecret } from './credential-store.ts';
export { type DahuaSetup, dahuaSetupOf } from './dahua-setup.ts';
export {
  type Device,
  DeviceIdSchema,
  type DeviceKind,
  isDeviceId,
} from './device.ts';
export {
  type DeviceProblem,
  DeviceProblemSchema,
  type HealthStatus,
  problemJson,
  problemText,
} from './device-health.ts';
export { createDeviceRegistry, type DeviceRegistry } from './device-registry.ts';
export { deviceRoutes } from './device-routes.ts';
export {
  type DeviceState,
  type DeviceWithState,
  findDeviceWithState,
} from './device-state-store.ts';
export { findDevice, listDevicesWith, setModelKey } from './device-store.ts';
export { eyeHeightM } from './eye-height.ts';
export { deviceImportRoutes } from './import/import-routes.ts';
export { landmarkRoutes } from './landmark-routes.ts';
export { lensOf } from './lens.ts';
export { type MavlinkSetup, mavlinkSetupOf, plainAddress } from './mavlink-setup.ts';
export { mosquittoFiles } from './mosquitto-files.ts';
export { placeDevices } from './place-devices.ts';
export { registerAircraft } from './register-aircraft.ts';
export { type RegisterDeps, registerDevice } from './register-device.ts';
export { registerUnlessKnown } from './register-unless-known.ts';
export { createSecret, hashSecret, verifySecret } from './secret.ts';
export { mayPublish, maySubscribe, type Principal } from './topic-access.ts';
