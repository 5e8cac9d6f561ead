import { pino } from 'pino';
import {
  createRegionIndex,
  dutyRoutes,
  leaveRoutes,
  overrideRoutes,
  personRoutes,
  type RegionIndex,
  regionRoutes,
  rosterRoutes,
  shiftImportRoutes,
  shiftRoutes,
} from '../../../src/people/index.ts';
import { AppError } from '../../../src/shared/app-error.ts';
import type { AccessRole, User } from '../../../src/shared/http.ts';
import { createListener } from '../../../src/shared/listener.ts';
import { startParts } from '../../../src/shared/part.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { shipped } from '../../support/fixtures.ts';
import { createTestApp } from '../../unit/api/test-app.ts';

export type Problem = { detail: string; errors: { path: string; message: string }[] };
export type Answer<T> = { status: number; body: T };
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type CallOptions = { token?: string; body?: unknown; csv?: string | Uint8Array };

export type DutyHarness = {
  database: TestDatabase;
  regions: RegionIndex;
  /** What the service takes for now. */
  clock: { at: Date; now(): Date };
  call<T = Problem>(method: Method, path: string, options?: CallOptions): Promise<Answer<T>>;
  /** Posts what a test stands on and returns its id. */
  given(path: string, body: unknown): Promise<string>;
  /** A duty officer's id. Without a phone the officer cannot be told. */
  givenOfficer(
    name: string,
    options?: { phone?: string; regionIds?: string[]; roles?: AccessRole[] },
  ): Promise<string>;
  stop(): Promise<void>;
};

/** The token names the role and the regions: `viewer.lingguan`. */
const users = {
  async authenticate(token: string): Promise<User> {
    const [role, region] = token.split('.');
    if (role === undefined) throw new AppError('unauthorized', 'no token');
    const regionIds = region === undefined ? [] : [region];
    return { username: token, personId: null, roles: [role as AccessRole], regionIds };
  },
};

const region = (id: string, level: string, parentId?: string) => ({
  type: 'Feature',
  properties: { id, name: `${id} 区`, level, ...(parentId === undefined ? {} : { parentId }) },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [113, 26],
        [114, 26],
        [114, 27],
        [113, 27],
        [113, 26],
      ],
    ],
  },
});

/** The routes of duty on a database of its own, with the regions anren > lingguan, yongle. */
export const startDuty = async (): Promise<DutyHarness> => {
  const database = await createTestDatabase();
  const { pool, connectionString } = database;
  const logger = pino({ level: 'silent' });
  const listener = createListener(connectionString, logger);
  const regions = createRegionIndex({ pool, listener, logger });
  const stopParts = await startParts([listener, regions]);
  const clock = { at: new Date('2026-11-02T04:00:00Z'), now: () => clock.at };
  const timeZone = 'Asia/Shanghai';
  const { shiftHours } = shipped.duty;
  const app = await createTestApp({
    auth: users,
    limits: { perAddress: 100_000 },
    routes: [
      regionRoutes({ pool, regions }),
      personRoutes({ pool, regions, defaultLocale: 'zh-CN' }),
      shiftRoutes({ pool, regions, clock }),
      shiftImportRoutes({ pool, regions, clock, timeZone, defaultLocale: 'zh-CN', shiftHours }),
      rosterRoutes({ pool, regions, clock, timeZone }),
      overrideRoutes({ pool, regions, clock }),
      leaveRoutes({ pool, regions, clock }),
      dutyRoutes({ pool, regions, clock, setUp: new Set(['sms', 'app']) }),
    ],
  });

  const call = async <T = Problem>(
    method: Method,
    path: string,
    options: CallOptions = {},
  ): Promise<Answer<T>> => {
    const { token = 'admin', body, csv } = options;
    const payload = csv ?? (body === undefined ? undefined : JSON.stringify(body));
    const contentType = csv === undefined ? 'application/json' : 'text/csv';
    const response = await app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(payload === undefined ? {} : { 'content-type': contentType }),
      },
      ...(payload === undefined ? {} : { payload: Buffer.from(payload) }),
    });
    const text = response.body === '' ? '{}' : response.body;
    return { status: response.statusCode, body: JSON.parse(text) as T };
  };
  const given: DutyHarness['given'] = async (path, body) => {
    const answer = await call<{ id: string }>('POST', path, { body });
    if (answer.status >= 300) throw new Error(`${path} answered ${JSON.stringify(answer)}`);
    return answer.body.id;
  };
  await given('regions/import', {
    type: 'FeatureCollection',
    features: [
      region('anren', 'county'),
      region('lingguan', 'township', 'anren'),
      region('yongle', 'township', 'anren'),
    ],
  });
  return {
    database,
    regions,
    clock,
    call,
    given,
    givenOfficer: (name, { phone, regionIds = ['lingguan'], roles = ['duty_officer'] } = {}) => {
      const contacts = phone === undefined ? [] : [{ channel: 'sms', address: phone }];
      return given('people', { name, roles, regionIds, contacts });
    },
    async stop() {
      await app.close();
      await stopParts();
      await database.drop();
    },
  };
};
