import type { Random } from '../shared/random.ts';
import { COUNTY_ID, type Township } from './regions.ts';

export type DemoPerson = {
  /** Stable name within the demo. */
  key: string;
  name: string;
  roles: ('viewer' | 'operator' | 'duty_officer' | 'dispatcher')[];
  regionId: string;
  /** E.164, invented: +86 199 0000 0001 and on. */
  phone: string;
  /** User name, for those who log in to the console. */
  account?: string;
  /** Sends positions and receives alarms over MQTT. */
  app: boolean;
  /** Stands in for this kind of resource, moving. */
  walksAs?: 'ranger' | 'grid_member';
};

const SURNAMES = '李 王 张 刘 陈 杨 周 谭 何 罗 唐 段 侯 阳 颜 欧 肖 彭 邓 曾'.split(' ');
const GIVEN =
  '建国 志强 春生 海燕 国平 秋菊 文辉 桂兰 新华 丽萍 卫东 冬梅 永红 军 勇 芳 青山 松柏'.split(' ');

/** Six county duty officers share the watch. */
const COUNTY_OFFICERS = 6;

/**
 * Officers for the county and for each township, the county's dispatcher, operator and viewer, and a
 * ranger and a grid member for each township, who carry the app. All invented.
 */
export const createPeople = (townships: readonly Township[], random: Random): DemoPerson[] => {
  const people: DemoPerson[] = [];
  const add = (person: Omit<DemoPerson, 'name' | 'phone'>): void => {
    const number = String(people.length + 1).padStart(4, '0');
    people.push({
      ...person,
      name: random.pick(SURNAMES) + random.pick(GIVEN),
      phone: `+861990000${number}`,
    });
  };
  for (let i = 1; i <= COUNTY_OFFICERS; i++) {
    const officer = { key: `duty-${i}`, roles: ['duty_officer' as const], regionId: COUNTY_ID };
    add({ ...officer, app: i === 1, ...(i === 1 ? { account: 'duty' } : {}) });
  }
  for (const role of ['dispatcher', 'operator', 'viewer'] as const) {
    add({ key: role, roles: [role], regionId: COUNTY_ID, app: false, account: role });
  }
  for (const { id } of townships) {
    add({ key: `officer-${id}`, roles: ['duty_officer'], regionId: id, app: false });
    for (const walksAs of ['ranger', 'grid_member'] as const) {
      add({ key: `${walksAs}-${id}`, roles: ['viewer'], regionId: id, app: true, walksAs });
    }
  }
  return people;
};

export type DemoShift = { personKey: string; regionId: string; from: Date; to: Date };

const HOUR_MS = 3_600_000;
const COUNTY_SHIFT_MS = 12 * HOUR_MS;
const SHIFT_DAYS = 7;

/**
 * Who is on duty from `from` on, for seven days without a gap: the county in watches of twelve hours,
 * each township one officer for the week.
 */
export const createShifts = (people: readonly DemoPerson[], from: Date): DemoShift[] => {
  const officers = people.filter(({ roles }) => roles.includes('duty_officer'));
  const county = officers.filter(({ regionId }) => regionId === COUNTY_ID);
  const end = from.getTime() + SHIFT_DAYS * 24 * HOUR_MS;
  const shifts: DemoShift[] = officers
    .filter(({ regionId }) => regionId !== COUNTY_ID)
    .map(({ key, regionId }) => ({ personKey: key, regionId, from, to: new Date(end) }));
  let turn = 0;
  for (let at = from.getTime(); at < end; at += COUNTY_SHIFT_MS) {
    const officer = county[turn++ % county.length];
    if (officer === undefined) break;
    const to = new Date(Math.min(at + COUNTY_SHIFT_MS, end));
    shifts.push({ personKey: officer.key, regionId: COUNTY_ID, from: new Date(at), to });
  }
  return shifts;
};
