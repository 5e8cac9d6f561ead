import { AppError, errorMessage } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRandom } from '../shared/random.ts';
import type { Camera } from './cameras.ts';
import type { County } from './county.ts';
import type { DemoState } from './demo-state-file.ts';
import { createDeviceLink, type DeviceLink } from './device-link.ts';
import type { Fire } from './fire.ts';
import type { Drone } from './fleet.ts';
import { createCameraSimulation } from './simulate-cameras.ts';
import { createDroneSimulation } from './simulate-drones.ts';
import { createWalkerSimulation } from './simulate-walkers.ts';

export type SimulatorEvent =
  | { kind: 'fire_lit' }
  | { kind: 'camera_alarm'; camera: Camera }
  | { kind: 'drone_sent'; drone: Drone; inS: number }
  | { kind: 'drone_confirms'; drone: Drone };

export type SimulatorOptions = {
  county: County;
  fire: Fire;
  seed: number;
  state: Pick<DemoState, 'secrets' | 'people' | 'runs'>;
  mqttUrl: string;
  clock: Clock;
  logger: Logger;
  /** The first alarm of each camera, not every frame. */
  onEvent: (event: SimulatorEvent) => void;
  /** Seconds of simulation in a second; 1 unless somebody is in a hurry. */
  speed?: number;
};

const TICK_MS = 1_000;
/** Time to see the county at peace. */
const FIRE_AFTER_S = 5;
/** One camera may be a farmer's stove; at the second the operator sends an aircraft. */
const ALARMS_TO_SEND_DRONE = 2;
/** Logging in all at once would look like an attack; one by one would take minutes with a far broker. */
const LOGINS_AT_ONCE = 10;
/** After a pause of the machine the world goes on from where it was instead of jumping. */
const LONGEST_STEP_S = 5;

/** The broker's address without the service's own login. */
export const withoutCredentials = (mqttUrl: string): string => {
  const url = new URL(mqttUrl);
  url.username = '';
  url.password = '';
  return url.toString();
};

/** Everything out there: cameras, docks, aircraft and people, each with its own login, and the fire. */
export const createSimulator = (options: SimulatorOptions): Part => {
  const { county, fire, seed, state, clock, logger, onEvent, speed = 1 } = options;
  const url = withoutCredentials(options.mqttUrl);
  const links: DeviceLink[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;

  const newLink = (id: string, topicPrefix: string, secret: string | undefined): DeviceLink => {
    if (secret === undefined) {
      throw new AppError(
        'startup',
        `no MQTT secret is known for ${id}; start with another DATA_DIR`,
      );
    }
    const statusTopic = `fengsui/v1/${topicPrefix}/${id}/status`;
    const link = createDeviceLink({ url, id, secret, statusTopic, logger });
    links.push(link);
    return link;
  };
  const deviceLink = (kind: 'camera' | 'dock' | 'drone', id: string): DeviceLink =>
    newLink(id, kind, state.secrets[id]);

  const random = (purpose: string) => createRandom(seed, `${purpose} ${state.runs}`);
  const cameras = createCameraSimulation(
    county.cameras.map((camera) => ({ camera, link: deviceLink('camera', camera.id) })),
    fire,
    random('cameras at work'),
  );
  const drones = createDroneSimulation({
    drones: county.drones.map((drone) => ({ drone, dockLink: deviceLink('dock', drone.dock.id) })),
    terrain: county.terrain,
    fire,
    random: random('flights'),
  });
  const walkers = createWalkerSimulation(
    county.people.flatMap(({ key, walksAs, regionId }) => {
      const home = county.townships.find(({ id }) => id === regionId)?.seat;
      const person = state.people[key];
      if (walksAs === undefined || home === undefined || person === undefined) return [];
      const link = newLink(person.id, 'person', person.mqttSecret);
      return [{ personId: person.id, home, link }];
    }),
    random('rounds'),
  );

  const alarmed = new Set<string>();
  let lit = false;
  let sent = false;
  let confirmed = false;

  const sendDrone = (): void => {
    sent = true;
    const mission = drones.sendToFire((drone) => {
      const link = deviceLink('drone', drone.id);
      // Its own login; the dock goes on speaking for it whether or not this succeeds.
      link
        .connect()
        .catch((error: unknown) =>
          logger.warn({ deviceId: drone.id, reason: errorMessage(error) }, 'drone cannot log in'),
        );
      return link;
    });
    if (mission !== undefined) onEvent({ kind: 'drone_sent', ...mission });
  };

  const step = (tS: number, dtS: number): void => {
    const moment = { tS, fireAgeS: tS - FIRE_AFTER_S, at: clock.now() };
    if (!lit && moment.fireAgeS >= 0) {
      lit = true;
      onEvent({ kind: 'fire_lit' });
    }
    cameras.step(moment, (camera) => {
      if (alarmed.has(camera.id)) return;
      alarmed.add(camera.id);
      onEvent({ kind: 'camera_alarm', camera });
    });
    drones.step(moment, dtS);
    walkers.step(moment, dtS);
    if (!sent && alarmed.size >= ALARMS_TO_SEND_DRONE) sendDrone();
    const drone = confirmed ? undefined : drones.confirmedBy();
    if (drone !== undefined) {
      confirmed = true;
      onEvent({ kind: 'drone_confirms', drone });
    }
  };

  const run = (): void => {
    let tS = 0;
    let last = performance.now();
    timer = setInterval(() => {
      const now = performance.now();
      const dtS = Math.min(LONGEST_STEP_S, ((now - last) / 1_000) * speed);
      last = now;
      tS += dtS;
      step(tS, dtS);
    }, TICK_MS / speed);
  };

  return {
    name: 'simulator',
    async start() {
      const waiting = links.values();
      const login = async (): Promise<void> => {
        for (const link of waiting) if (!stopping) await link.connect();
      };
      await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, login));
      if (!stopping) run();
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      await Promise.all(links.map((link) => link.close()));
    },
  };
};
