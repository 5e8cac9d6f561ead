import { expect } from 'vitest';
import type { TestService } from './service.ts';

/** Somebody who is on duty everywhere now and has a phone. */
export const givenDutyOfficer = async (service: TestService, phone: string): Promise<string> => {
  const person = await service.call<{ id: string }>('POST', 'people', {
    name: 'Duty officer',
    roles: ['duty_officer'],
    regionIds: ['default'],
    locale: 'zh-CN',
    contacts: [{ channel: 'sms', address: phone, verified: true }],
  });
  expect(person.status).toBe(201);
  const hour = 3_600_000;
  const shift = await service.call('POST', 'shifts', {
    personId: person.body.id,
    regionId: 'default',
    from: new Date(Date.now() - hour).toISOString(),
    to: new Date(Date.now() + hour).toISOString(),
  });
  expect(shift.status).toBe(201);
  return person.body.id;
};

/** A county of half a degree about 113.25°E 26.75°N with one village, Longxi, in it. */
export const givenCounty = async (service: TestService): Promise<void> => {
  const box = (west: number, south: number, east: number, north: number) => ({
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  });
  const region = (properties: object, geometry: object) => {
    return { type: 'Feature', properties, geometry };
  };
  const { status } = await service.call('POST', 'regions/import', {
    type: 'FeatureCollection',
    features: [
      region({ id: 'county', name: '安仁县', level: 'county' }, box(113, 26.5, 113.5, 27)),
      region(
        { id: 'longxi', name: '龙溪村', level: 'village', parentId: 'county' },
        box(113.2, 26.7, 113.24, 26.73),
      ),
    ],
  });
  expect(status).toBe(200);
};
