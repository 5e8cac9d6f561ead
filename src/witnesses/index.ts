export { witnessRoutes } from './report-routes.ts';
