import { geodesicDirect, geodesicInverse, type LonLat, wrap360 } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import type { DeviceLink } from './device-link.ts';
import { toPosition } from './geojson.ts';
import type { Moment } from './simulate-cameras.ts';

export type Walker = { personId: string; home: LonLat; link: DeviceLink };

export type PersonPosition = { at: string; lon: number; lat: number; accuracyM: number };

const WALK_MPS = 1.2;
const STRAY_M = 3_000;
const TELL_EVERY_S = 15;

export const personPosition = (at: LonLat, time: Date, random: Random): PersonPosition => {
  const [lon, lat] = toPosition(at);
  return { at: time.toISOString(), lon, lat, accuracyM: random.int(4, 25) };
};

/** Rangers and grid members on their rounds, who tell where they are. */
export const createWalkerSimulation = (
  walkers: readonly Walker[],
  random: Random,
): { step: (moment: Moment, dtS: number) => void } => {
  const people = walkers.map((walker) => ({
    ...walker,
    at: geodesicDirect(walker.home, random.between(0, 360), random.between(200, 2_000)),
    headingDeg: random.between(0, 360),
    nextTellS: random.between(0, TELL_EVERY_S),
  }));
  return {
    step({ tS, at: time }, dtS) {
      for (const person of people) {
        const back = geodesicInverse(person.at, person.home);
        person.headingDeg =
          back.distanceM > STRAY_M
            ? back.azimuthDeg
            : wrap360(person.headingDeg + random.normal() * 8);
        person.at = geodesicDirect(person.at, person.headingDeg, WALK_MPS * dtS);
        if (tS < person.nextTellS) continue;
        person.nextTellS = tS + TELL_EVERY_S;
        const topic = `fengsui/v1/person/${person.personId}/position`;
        person.link.publish(topic, personPosition(person.at, time, random));
      }
    },
  };
};
