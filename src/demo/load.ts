import { setTimeout as sleep } from 'node:timers/promises';
import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import { type ApiClient, type Check, checkAnything, checkerOf } from './api-client.ts';
import type { Camera } from './cameras.ts';
import type { County } from './county.ts';
import type { DemoState, DemoStateFile } from './demo-state-file.ts';
import type { Dock, Drone } from './fleet.ts';
import { featureCollection } from './geojson.ts';
import { createShifts, type DemoPerson } from './people.ts';

export type LoadOptions = {
  api: ApiClient;
  county: County;
  state: DemoState;
  file: DemoStateFile;
  /** Accounts of the demo's people get this one. */
  password: string;
  /** Language of their messages. */
  locale: 'zh-CN' | 'en';
  now: Date;
  /** Called once for each request that is done. */
  onStep: () => void;
};

/** A few at once: more would only queue in the service. */
const PARALLEL = 6;
/** Saved this often, so that a demo killed while loading can go on where it was. */
const SAVE_EVERY = 20;
const DAY_MS = 86_400_000;

const checkDevice = checkerOf(Type.Object({ id: Type.String(), secret: Type.String() }));
const checkSecret = checkerOf(Type.Object({ secret: Type.String() }));
const checkPerson = checkerOf(
  Type.Object({ id: Type.String(), mqttSecret: Type.Optional(Type.String()) }),
);
const checkItems: Check<{ items: { id: string }[] }> = checkerOf(
  Type.Object({ items: Type.Array(Type.Object({ id: Type.String() })) }),
);

/** Runs `work` over all items, `PARALLEL` at a time; after a failure no further item is begun. */
const eachInParallel = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
};

/** Throws an AppError that says how to mend it when the administrator's password is another. */
export const requireLogin = async (api: ApiClient): Promise<void> => {
  await api.get('regions?limit=1', checkItems);
};

/**
 * The demo writes invented people and devices; it must not write them among real ones. Throws when the
 * service holds anything the demo did not put there.
 */
export const requireEmptyService = async (api: ApiClient): Promise<void> => {
  const [regions, devices] = await Promise.all([
    api.get('regions', checkItems),
    api.get('devices?limit=1', checkItems),
  ]);
  const strange = regions.items.some(({ id }) => id !== 'default') || devices.items.length > 0;
  if (!strange) return;
  throw new AppError(
    'startup',
    'this database already holds regions or devices that are not the demo’s; start the demo with another DATA_DIR and without DATABASE_URL',
  );
};

type DeviceBody = { id: string; kind: string } & Record<string, unknown>;

const dockBody = ({ at, ...dock }: Dock): DeviceBody => ({
  ...dock,
  kind: 'dock',
  lon: at[0],
  lat: at[1],
  heightRef: 'msl',
});

const cameraBody = ({ at, rangeFinder, ...camera }: Camera): DeviceBody => ({
  ...camera,
  kind: 'camera',
  lon: at[0],
  lat: at[1],
  heightRef: 'msl',
  properties: { rangeFinder },
});

const droneBody = ({ id, name, regionId, dock }: Drone): DeviceBody => ({
  id,
  kind: 'drone',
  name,
  regionId,
  gatewayId: dock.id,
});

/** Docks come before drones, which name their dock as gateway. */
const deviceBodies = ({ cameras, docks, drones }: County): DeviceBody[][] => [
  [...docks.map(dockBody), ...cameras.map(cameraBody)],
  drones.map(droneBody),
];

const personBody = (
  person: DemoPerson,
  { password, locale }: Pick<LoadOptions, 'password' | 'locale'>,
): Record<string, unknown> => ({
  name: person.name,
  roles: person.roles,
  regionIds: [person.regionId],
  locale,
  contacts: [
    { channel: 'sms', address: person.phone, verified: true },
    ...(person.app ? [{ channel: 'app' }] : []),
  ],
  ...(person.account === undefined ? {} : { username: person.account, password }),
});

/** How many requests `loadCounty` makes at most: what a progress line counts to. */
export const loadSteps = ({ cameras, docks, drones, people }: County, now: Date): number =>
  2 +
  cameras.length +
  docks.length +
  drones.length +
  people.length +
  createShifts(people, now).length;

/** Loads the county over the HTTP API, as an administrator would; what is there already stays. */
export const loadCounty = async (options: LoadOptions): Promise<void> => {
  const { api, county, state, onStep } = options;
  const { county: outline, townships } = county;
  await api.post(
    'regions/import',
    featureCollection([outline, ...townships.map(({ region }) => region)]),
    checkAnything,
  );
  await regionsKnown(
    api,
    townships.map(({ id }) => id),
  );
  onStep();
  await loadDevices(options);
  await loadPeople(options);
  const features = county.resources.map(({ properties, ...rest }) => {
    const { personKey, ...known } = properties;
    const personId = personKey === undefined ? undefined : state.people[personKey]?.id;
    return { ...rest, properties: personId === undefined ? known : { ...known, personId } };
  });
  await api.post('resources/import', featureCollection(features), checkAnything);
  onStep();
  await loadShifts(options);
};

const KNOWN_WITHIN_MS = 5_000;
const ASK_EVERY_MS = 50;

/** Each process of the service learns of an import a moment after it is stored; until then it refuses devices there. */
const regionsKnown = async (api: ApiClient, ids: readonly string[]): Promise<void> => {
  const deadline = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const { items } = await api.get('regions?limit=500&geometry=false', checkItems);
    const known = new Set(items.map(({ id }) => id));
    if (ids.every((id) => known.has(id)) || Date.now() > deadline) return;
    await sleep(ASK_EVERY_MS);
  }
};

const loadDevices = async ({ api, county, state, file, onStep }: LoadOptions): Promise<void> => {
  let unsaved = 0;
  for (const bodies of deviceBodies(county)) {
    await eachInParallel(bodies, async (body) => {
      if (state.secrets[body.id] === undefined) {
        const created = await api.create('devices', body, checkDevice);
        // Registered by a run that was killed before it could note the secret: ask for a new one.
        const { secret } =
          created ?? (await api.post(`devices/${body.id}/secret`, {}, checkSecret));
        state.secrets[body.id] = secret;
        if (++unsaved % SAVE_EVERY === 0) await file.write(state);
      }
      onStep();
    });
  }
  await file.write(state);
};

const loadPeople = async (options: LoadOptions): Promise<void> => {
  const { api, county, state, file, onStep } = options;
  let unsaved = 0;
  await eachInParallel(county.people, async (person) => {
    if (state.people[person.key] === undefined) {
      const { id, mqttSecret } = await api.post('people', personBody(person, options), checkPerson);
      state.people[person.key] = mqttSecret === undefined ? { id } : { id, mqttSecret };
      if (++unsaved % SAVE_EVERY === 0) await file.write(state);
    }
    onStep();
  });
  await file.write(state);
};

/** Adds a week of shifts when less than a day of them is left. */
const loadShifts = async ({
  api,
  county,
  state,
  file,
  now,
  onStep,
}: LoadOptions): Promise<void> => {
  const until = state.shiftsUntil === undefined ? now : new Date(state.shiftsUntil);
  const enough = until.getTime() - now.getTime() > DAY_MS;
  const from = until > now ? until : now;
  const shifts = createShifts(county.people, from);
  await eachInParallel(shifts, async ({ personKey, regionId, from: starts, to: ends }) => {
    const personId = state.people[personKey]?.id;
    if (!enough && personId !== undefined) {
      const body = { personId, regionId, from: starts.toISOString(), to: ends.toISOString() };
      await api.post('shifts', body, checkAnything);
    }
    onStep();
  });
  if (enough) return;
  const end = Math.max(...shifts.map(({ to }) => to.getTime()));
  state.shiftsUntil = new Date(end).toISOString();
  await file.write(state);
};
