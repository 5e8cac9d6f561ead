import type { Random } from '../shared/random.ts';
import type { DeviceLink } from './device-link.ts';
import { aircraftOsd, DOCK_OSD_PARTS, dockOsd } from './dji-messages.ts';
import { droneDetection } from './drone-messages.ts';
import type { Fire } from './fire.ts';
import type { Drone } from './fleet.ts';
import { type Flight, firstFlight, secondsTo, sendTo, stepFlight } from './flight.ts';
import type { Moment } from './simulate-cameras.ts';
import type { Terrain } from './terrain.ts';

export type DroneSimulationOptions = {
  drones: readonly { drone: Drone; dockLink: DeviceLink }[];
  terrain: Terrain;
  fire: Fire;
  random: Random;
};

export type DroneSimulation = {
  step: (moment: Moment, dtS: number) => void;
  /**
   * Sends the aircraft that is there soonest to the fire; undefined when none has the battery for it.
   * `link` is the aircraft's own login, over which it will report what it sees.
   */
  sendToFire: (link: (drone: Drone) => DeviceLink) => { drone: Drone; inS: number } | undefined;
  /** The aircraft that has confirmed the fire, once it has. */
  confirmedBy: () => Drone | undefined;
};

/** Docks send what they fly every two seconds, and little of what they do not. */
const FLYING_OSD_EVERY = 2;
const DOCKED_OSD_EVERY = 30;
const DOCK_OSD_EVERY = 10;
/** The operator looks before pressing the button … */
const FIRST_LOOK_S = 4;
/** … and measures again while the fire spreads. */
const LOOK_EVERY_S = 30;
const MAX_LOOKS = 20;

type Aircraft = { drone: Drone; dockLink: DeviceLink; flight: Flight; ticks: number };
type Mission = {
  aircraft: Aircraft;
  link: DeviceLink;
  nextLookS: number | undefined;
  looks: number;
};

/** The aircraft on patrol, their docks that speak for them, and the one that is sent to the fire. */
export const createDroneSimulation = (options: DroneSimulationOptions): DroneSimulation => {
  const { drones, terrain, fire, random } = options;
  const aircraft = drones.map(
    ({ drone, dockLink }, i): Aircraft => ({
      drone,
      dockLink,
      flight: firstFlight(drone, i, random),
      // Each starts elsewhere in its cycle, so that fifteen docks do not all speak in the same second.
      ticks: i * 7,
    }),
  );
  let mission: Mission | undefined;

  const speak = ({ drone, dockLink, flight, ticks }: Aircraft, at: Date): void => {
    const every = flight.mode === 'docked' ? DOCKED_OSD_EVERY : FLYING_OSD_EVERY;
    if (ticks % every === 0) {
      const situation = {
        flight,
        groundM: terrain.heightM(flight.at),
        dockGroundM: drone.dock.groundHeightM,
        fireGroundM: fire.groundHeightM,
      };
      dockLink.publish(`thing/product/${drone.id}/osd`, aircraftOsd(drone, situation, at));
    }
    if (ticks % DOCK_OSD_EVERY === 0) {
      const part = DOCK_OSD_PARTS[(ticks / DOCK_OSD_EVERY) % DOCK_OSD_PARTS.length];
      if (part === undefined) return;
      dockLink.publish(`thing/product/${drone.dock.id}/osd`, dockOsd(part, drone, flight, at));
    }
  };

  const report = (current: Mission, { tS, at }: Moment): void => {
    const { drone, flight } = current.aircraft;
    if (flight.mode !== 'watching' || current.looks >= MAX_LOOKS) return;
    current.nextLookS ??= tS + FIRST_LOOK_S;
    if (tS < current.nextLookS) return;
    current.nextLookS = tS + LOOK_EVERY_S;
    current.looks += 1;
    const topic = `fengsui/v1/drone/${drone.id}/detection`;
    current.link.alarm(topic, droneDetection(flight, fire.at, at, random));
  };

  return {
    step(moment, dtS) {
      for (const one of aircraft) {
        one.flight = stepFlight(one.flight, one.drone, dtS, moment.tS);
        one.ticks += 1;
        speak(one, moment.at);
      }
      if (mission !== undefined) report(mission, moment);
    },
    sendToFire(link) {
      const soonest = aircraft
        .map((one) => ({ one, inS: secondsTo(one.flight, fire.at) }))
        .reduce((best, next) => (next.inS < best.inS ? next : best));
      if (!Number.isFinite(soonest.inS)) return undefined;
      const { one, inS } = soonest;
      one.flight = sendTo(one.flight, fire.at);
      mission = { aircraft: one, link: link(one.drone), nextLookS: undefined, looks: 0 };
      return { drone: one.drone, inS };
    },
    confirmedBy: () =>
      mission !== undefined && mission.looks > 0 ? mission.aircraft.drone : undefined,
  };
};
