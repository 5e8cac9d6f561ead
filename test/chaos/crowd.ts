import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from '../support/api.ts';
import { ROOT } from './service-process.ts';

/** A county of square townships, in each a camera and some people who are all told of its fires. */
export type Crowd = {
  townships: number;
  peopleEach: number;
};

/** The phones of a township's people, without `+`. */
export const phonesOf = ({ peopleEach }: Crowd, township: number): string[] =>
  Array.from(
    { length: peopleEach },
    (_, n) => `86139${String(township * 1000 + n).padStart(8, '0')}`,
  );

export const townshipId = (township: number): string => `T${String(township).padStart(2, '0')}`;

/** Finds the numbers of all incidents a text names. */
export const INCIDENT_NUMBER = /T\d{2}-\d{8}-\d{3,}/g;

const WEST = 110;
const SOUTH = 24;
const TOWNSHIPS_ABREAST = 10;
const TOWNSHIP_DEG = 0.6;
/** 3 km: far outside the 200 m a camera's position is good for. */
const FIRE_DEG = 0.03;
const FIRES_ABREAST = TOWNSHIP_DEG / FIRE_DEG;
export const MOST_FIRES_EACH = FIRES_ABREAST ** 2;

const cornerOf = (township: number): { lon: number; lat: number } => ({
  lon: WEST + (township % TOWNSHIPS_ABREAST) * TOWNSHIP_DEG,
  lat: SOUTH + Math.floor(township / TOWNSHIPS_ABREAST) * TOWNSHIP_DEG,
});

/** Each fire of a township in a place of its own. */
export const placeOfFire = (township: number, n: number): { lon: number; lat: number } => {
  const { lon, lat } = cornerOf(township);
  return {
    lon: lon + ((n % FIRES_ABREAST) + 0.5) * FIRE_DEG,
    lat: lat + (Math.floor(n / FIRES_ABREAST) + 0.5) * FIRE_DEG,
  };
};

/** The shipped settings, but each fire told once, by SMS, to all who are responsible where it is. */
export const writeConfig = async (dir: string): Promise<void> => {
  const config = JSON.parse(await readFile(join(ROOT, 'config/county.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const { reporting: _, ...rest } = config;
  const steps = [{ afterS: 0, to: [{ responsible: true }], channels: ['sms'] }];
  const policies = [{ id: 'default', name: 'All at once', regionIds: [], steps }];
  await writeFile(join(dir, 'county.json'), JSON.stringify({ ...rest, policies }));
};

/** Registers regions, cameras and people. */
export const registerCrowd = async (api: Api, crowd: Crowd): Promise<void> => {
  const townships = Array.from({ length: crowd.townships }, (_, n) => n);
  await api('POST', 'regions/import', {
    type: 'FeatureCollection',
    features: townships.map(toFeature),
  });
  for (const township of townships) {
    await api('POST', 'devices', {
      id: `cam-${township}`,
      kind: 'camera',
      name: `Tower ${township}`,
      ...placeOfFire(township, 0),
    });
    await Promise.all(
      phonesOf(crowd, township).map((phone, n) =>
        api('POST', 'people', {
          name: `Officer ${township}-${n}`,
          roles: ['duty_officer'],
          regionIds: [townshipId(township)],
          contacts: [{ channel: 'sms', address: `+${phone}`, verified: true }],
        }),
      ),
    );
  }
};

const toFeature = (township: number) => {
  const { lon, lat } = cornerOf(township);
  const [east, north] = [lon + TOWNSHIP_DEG, lat + TOWNSHIP_DEG];
  const ring = [
    [lon, lat],
    [east, lat],
    [east, north],
    [lon, north],
    [lon, lat],
  ];
  const id = townshipId(township);
  return {
    type: 'Feature',
    properties: { id, name: `${id}乡`, level: 'township', code: id },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
};
