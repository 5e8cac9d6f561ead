import { createRandom } from '../shared/random.ts';
import { type Camera, createCameras } from './cameras.ts';
import { createFleet, type Dock, type Drone } from './fleet.ts';
import { createPeople, type DemoPerson } from './people.ts';
import { createRegions, type Region, type Township } from './regions.ts';
import { createResources, type Resource } from './resources.ts';
import { createTerrain, type Terrain } from './terrain.ts';

export type County = {
  terrain: Terrain;
  county: Region;
  townships: Township[];
  cameras: Camera[];
  docks: Dock[];
  drones: Drone[];
  people: DemoPerson[];
  resources: Resource[];
};

/**
 * The whole demo county: real township names on invented hills. The same seed (whole number, 0 to
 * 2³²−1) always gives the same county.
 */
export const createCounty = (seed: number): County => {
  const { county, townships } = createRegions();
  const terrain = createTerrain(seed);
  const people = createPeople(townships, createRandom(seed, 'people'));
  return {
    terrain,
    county,
    townships,
    cameras: createCameras(terrain, townships, createRandom(seed, 'cameras')),
    ...createFleet(terrain, county, townships, createRandom(seed, 'fleet')),
    people,
    resources: createResources(
      { terrain, county, townships },
      people,
      createRandom(seed, 'resources'),
    ),
  };
};
