import { setTimeout as delay } from 'node:timers/promises';
import { type Api, ApiError } from '../support/api.ts';
import { MOST_FIRES_EACH, placeOfFire } from './crowd.ts';

export type Fire = {
  township: number;
  n: number;
  /** When in the run: 0 its beginning, 1 its end. */
  at: number;
};

/** Mostly one at a time, sometimes many at once as in a thunderstorm. */
const GROUPS = [1, 1, 1, 1, 2, 3, 8];

/** Fires at random times over the whole run; some townships have many more than others. */
export const planFires = (
  count: number,
  { townships, random }: { townships: number; random: () => number },
): Fire[] => {
  const counts = new Map<number, number>();
  const fires: Fire[] = [];
  while (fires.length < count) {
    const at = random();
    const size = GROUPS[Math.floor(random() * GROUPS.length)] ?? 1;
    for (let k = 0; k < size && fires.length < count; k += 1) {
      const township = Math.floor(random() ** 2 * townships);
      const n = counts.get(township) ?? 0;
      if (n >= MOST_FIRES_EACH) continue;
      counts.set(township, n + 1);
      fires.push({ township, n, at });
    }
  }
  return fires.toSorted((a, b) => a.at - b.at);
};

const AGAIN_MS = 200;
const GIVE_UP_MS = 120_000;

/** Reports a fire until the service says that it has it, as equipment does; returns the incident's id. */
export const reportFire = async (api: Api, { township, n }: Fire): Promise<string> => {
  const detection = {
    id: `fire-${township}-${n}`,
    deviceId: `cam-${township}`,
    at: new Date().toISOString(),
    kind: 'smoke',
    confidence: 0.9,
    ...placeOfFire(township, n),
  };
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      const { incidentId } = await api<{ incidentId: string }>('POST', 'detections', detection);
      return incidentId;
    } catch (error) {
      // What is killed answers nothing or 5xx; a refusal is a fault of this run.
      const refused = error instanceof ApiError && error.status < 500;
      if (refused || Date.now() > deadline) throw error;
      await delay(AGAIN_MS);
    }
  }
};
