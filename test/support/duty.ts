import { box } from './box.ts';
import { givenPerson } from './person.ts';
import type { TestService } from './service.ts';

/** Somebody who is on duty everywhere now and has a phone. */
export const givenDutyOfficer = async (service: TestService, phone: string): Promise<string> => {
  const person = { name: 'Duty officer', roles: ['duty_officer'] as const, regionIds: ['default'] };
  const personId = await givenPerson(service, { ...person, phone });
  const hour = 3_600_000;
  await service.given('shifts', {
    personId,
    regionId: 'default',
    from: new Date(Date.now() - hour).toISOString(),
    to: new Date(Date.now() + hour).toISOString(),
  });
  return personId;
};

/** A county of half a degree about 113.25°E 26.75°N with one village, Longxi, in it. */
export const givenCounty = async (service: TestService): Promise<void> => {
  const region = (properties: object, geometry: object) => {
    return { type: 'Feature', properties, geometry };
  };
  await service.given('regions/import', {
    type: 'FeatureCollection',
    features: [
      region({ id: 'county', name: '安仁县', level: 'county' }, box(113, 26.5, 113.5, 27)),
      region(
        { id: 'longxi', name: '龙溪村', level: 'village', parentId: 'county' },
        box(113.2, 26.7, 113.24, 26.73),
      ),
    ],
  });
};
