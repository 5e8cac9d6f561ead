import { createSendCode, setUpChannels } from '../../notify/index.ts';
import {
  contactRoutes,
  dutyRoutes,
  leaveRoutes,
  overrideRoutes,
  personRoutes,
  regionRoutes,
  rosterRoutes,
  shiftImportRoutes,
  shiftRoutes,
} from '../../people/index.ts';
import type { Context } from '../../pipeline.ts';
import type { RouteGroup } from '../../shared/http.ts';
import type { RouteParts } from './api-parts.ts';

/** Regions, the people responsible for them, how they are reached, and when they are on duty. */
export const peopleGroups = (
  { env: { timeZone, locale: defaultLocale }, config, channels, clock }: Context,
  { pool, regions }: RouteParts,
): RouteGroup[] => {
  const allow = channels.webhook?.allow ?? [];
  return [
    regionRoutes({ pool, regions }),
    personRoutes({ pool, regions, defaultLocale, allow }),
    contactRoutes({
      pool,
      clock,
      allow,
      sendCode: createSendCode({ smsSignature: config.notify.smsSignature, timeZone }),
    }),
    shiftRoutes({ pool, regions, clock }),
    shiftImportRoutes({
      pool,
      regions,
      clock,
      timeZone,
      defaultLocale,
      shiftHours: config.duty.shiftHours,
    }),
    rosterRoutes({ pool, regions, clock, timeZone }),
    overrideRoutes({ pool, regions, clock }),
    leaveRoutes({ pool, regions, clock }),
    dutyRoutes({ pool, regions, clock, setUp: setUpChannels(channels) }),
  ];
};
