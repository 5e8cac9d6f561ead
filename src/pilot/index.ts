export { brokerAddress } from './broker-address.ts';
export { pilotRoutes } from './pilot-routes.ts';
