import { isDeepStrictEqual } from 'node:util';
import type { HealthSettings } from '../shared/health-config.ts';
import type { WatchedDevice } from './health-store.ts';
import { judge } from './judge.ts';
import { observe } from './observe.ts';
import type { Absence } from './presence-store.ts';
import { type Health, newHealth, step } from './step.ts';

export type Looked = {
  device: WatchedDevice;
  /** Undefined at the first look. */
  before: Health | undefined;
  after: Health;
};

/** Looks at all devices; gateways come first, for what is behind one that is gone cannot be heard. Pure. */
export const lookAt = (
  devices: readonly WatchedDevice[],
  { watchedSince, now }: { watchedSince: Date; now: Date },
  settings: HealthSettings,
): Looked[] => {
  const gone = new Map<string, { id: string; since: string }>();
  return devices.map((device) => {
    const { reading } = device;
    const before = device.health ?? newHealth(now, reading.drops);
    const memory = observe(before.memory, reading, settings);
    const goneGateway = gone.get(reading.gatewayId ?? '') ?? null;
    const known = before.problems;
    const look = { reading, memory, known, goneGateway, watchedSince, now };
    const verdict = judge(look, settings);
    const [first] = verdict.problems;
    if (reading.kind === 'gateway' && verdict.presence === 'down' && first !== undefined) {
      gone.set(reading.id, { id: reading.id, since: first.since });
    }
    const after = step(before, { verdict, memory, drops: reading.drops, now }, settings);
    return { device, before: device.health, after };
  });
};

/** Whether a row must be written. */
export const hasChanged = ({ before, after }: Looked): boolean => !isDeepStrictEqual(before, after);

/** Whether an alarm of it is to say something else now. */
export const isNews = ({ before, after }: Looked): boolean => {
  const said = (health: Health | undefined): string =>
    health?.status === 'unhealthy'
      ? JSON.stringify(
          health.problems.map(({ code, value, confirmed }) => [code, value, confirmed]),
        )
      : '';
  return said(before) !== said(after);
};

/** The stretch of absence that has ended with this look. */
export const endedAbsence = ({ device, before, after }: Looked): Absence | null =>
  before === undefined || before.presence === 'up' || before.presence === after.presence
    ? null
    : {
        deviceId: device.reading.id,
        presence: before.presence,
        startsAt: before.presenceSince,
        endsAt: after.presenceSince,
      };
