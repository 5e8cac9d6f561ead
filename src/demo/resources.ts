import type { Random } from '../shared/random.ts';
import { type Feature, feature, type LineString, type Point, type Polygon } from './geojson.ts';
import {
  type Country,
  extremePlace,
  firebreakFrom,
  placeNear,
  point,
  pond,
  streamFrom,
} from './landscape.ts';
import type { DemoPerson } from './people.ts';
import type { Township } from './regions.ts';

export type ResourceProperties = {
  id: string;
  kind: string;
  name: string;
  /** The demo person it moves with; the loader puts the real person id in its place. */
  personKey?: string;
  [key: string]: unknown;
};
export type Resource = Feature<Point | LineString | Polygon, ResourceProperties>;

type Made = { name: string; geometry: Resource['geometry']; extra?: Record<string, unknown> };

/** What each township has, how many of it, and where. */
const townshipStock = (
  country: Country,
  township: Township,
  random: Random,
): { kind: string; count: number; make: (number: number) => Made }[] => {
  const { name } = township;
  const near = (maxM: number): Point => point(placeNear(township, country.county, random, maxM));
  return [
    {
      kind: 'water',
      count: 7,
      make: (n) => {
        const at = extremePlace(country, township, random, 'down');
        const extra = { waterType: 'pond', volumeM3: random.int(3, 400) * 100 };
        return { name: `${name}${n}号水塘`, geometry: pond(at, random), extra };
      },
    },
    {
      kind: 'water',
      count: 4,
      make: (n) => ({
        name: `${name}${n}号消防水池`,
        geometry: near(5_000),
        extra: { waterType: 'tank', volumeM3: random.int(1, 6) * 50 },
      }),
    },
    {
      kind: 'water',
      count: 3,
      make: (n) => {
        const geometry = streamFrom(country, extremePlace(country, township, random, 'up'));
        return { name: `${name}${n}号溪`, geometry, extra: { waterType: 'stream' } };
      },
    },
    {
      kind: 'firebreak',
      count: 3,
      make: (n) => {
        const start = extremePlace(country, township, random, 'up');
        const geometry = firebreakFrom(country, start, random.int(8, 20));
        return { name: `${name}${n}号防火隔离带`, geometry, extra: { widthM: random.int(8, 30) } };
      },
    },
    {
      kind: 'crew',
      count: 1,
      make: () => ({
        name: `${name}扑火队`,
        geometry: near(800),
        extra: { members: random.int(20, 35) },
      }),
    },
    {
      kind: 'ranger',
      count: 6,
      make: (n) => ({ name: `${name}护林员${n}`, geometry: near(6_000) }),
    },
    {
      kind: 'grid_member',
      count: 10,
      make: (n) => ({ name: `${name}网格员${n}`, geometry: near(5_000) }),
    },
    {
      kind: 'shelter',
      count: 2,
      make: (n) => ({
        name: `${name}${n}号避难场所`,
        geometry: near(2_500),
        extra: { capacity: random.int(2, 20) * 50 },
      }),
    },
    {
      kind: 'warehouse',
      count: 1,
      make: () => ({ name: `${name}物资库`, geometry: near(600) }),
    },
  ];
};

/** Splits a whole number over `shares` so that the parts add up to it. */
const split = (total: number, shares: number): number[] =>
  Array.from(
    { length: shares },
    (_, i) => Math.floor(((i + 1) * total) / shares) - Math.floor((i * total) / shares),
  );

/** The county's stock, divided among the township depots: pumps, hose, blowers, radios, chainsaws. */
const depots = ({ townships, county }: Country, random: Random): Made[] => {
  const [pumps, hoseKm, blowers, radios, chainsaws] = [30, 30, 92, 200, 200].map((total) =>
    split(total, townships.length),
  );
  return townships.map((township, i) => ({
    name: `${township.name}装备点`,
    geometry: point(placeNear(township, county, random, 600)),
    extra: {
      pumps: pumps?.[i],
      hoseM: (hoseKm?.[i] ?? 0) * 1_000,
      blowers: blowers?.[i],
      radios: radios?.[i],
      chainsaws: chainsaws?.[i],
    },
  }));
};

const VEHICLES = 16;
const HELIPADS = 6;

/** Some 550 resources: points, lines and polygons of every kind, named for where they are. */
export const createResources = (
  country: Country,
  people: readonly DemoPerson[],
  random: Random,
): Resource[] => {
  const { townships, county } = country;
  const counts = new Map<string, number>();
  const resource = (kind: string, made: Made & { personKey?: string }): Resource => {
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    return feature(made.geometry, {
      id: `${kind}-${String(number).padStart(3, '0')}`,
      kind,
      name: made.name,
      ...made.extra,
      ...(made.personKey === undefined ? {} : { personKey: made.personKey }),
    });
  };
  const stock = townships.flatMap((township) =>
    townshipStock(country, township, random).flatMap(({ kind, count, make }) =>
      Array.from({ length: count }, (_, i) => resource(kind, make(i + 1))),
    ),
  );
  const spread = (i: number): Township => {
    const township = townships[i % townships.length];
    if (township === undefined) throw new Error('the county has no townships');
    return township;
  };
  const vehicles = Array.from({ length: VEHICLES }, (_, i) => {
    const home = spread(i);
    const geometry = point(placeNear(home, county, random, 500));
    const extra = { tankM3: random.pick([3, 5, 8]) };
    return resource('vehicle', { name: `${home.name}消防车${i + 1}`, geometry, extra });
  });
  const helipads = Array.from({ length: HELIPADS }, (_, i) => {
    const home = spread(i * 2);
    const geometry = point(placeNear(home, county, random, 3_000));
    return resource('helipad', { name: `${home.name}起降点`, geometry });
  });
  const walkers = people.flatMap(({ key, name, walksAs, regionId }) => {
    const home = townships.find(({ id }) => id === regionId);
    if (walksAs === undefined || home === undefined) return [];
    const geometry = point(placeNear(home, county, random, 4_000));
    const title = walksAs === 'ranger' ? '护林员' : '网格员';
    return [resource(walksAs, { name: `${title}${name}`, geometry, personKey: key })];
  });
  const equipment = depots(country, random).map((made) => resource('equipment', made));
  return [...stock, ...vehicles, ...helipads, ...equipment, ...walkers];
};
