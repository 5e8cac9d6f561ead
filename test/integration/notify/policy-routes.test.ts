import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyRoutes } from '../../../src/notify/index.ts';
import { createRegionLookup } from '../../../src/people/index.ts';
import type { AccessRole, App } from '../../../src/shared/http.ts';
import { shipped } from '../../support/fixtures.ts';
import { bearer, createTestApp } from '../../unit/api/test-app.ts';
import { createHarness } from './notify-harness.ts';

const REGION = {
  id: 'default',
  name: 'default',
  level: 'county' as const,
  parentId: null,
  code: 'default',
  geometry: null,
  properties: {},
};

describe('policies', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let app: App;
  beforeAll(async () => {
    harness = await createHarness();
    const regions = createRegionLookup([REGION]);
    app = await createTestApp({
      routes: [policyRoutes({ pool: harness.pool, regions, policies: shipped.policies })],
      limits: { perAddress: 100_000 },
    });
  });
  afterAll(async () => {
    await app.close();
    await harness.close();
  });

  type Problem = { errors: { path: string; message: string }[] };
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    role: AccessRole = 'admin',
  ) => {
    const response = await app.inject({
      method,
      url: `/api/v1/policies${path}`,
      headers: bearer(role),
      ...(body === undefined ? {} : { payload: body }),
    });
    const { statusCode: status } = response;
    return { status, body: status === 204 ? undefined : response.json<unknown>() };
  };
  const night = {
    id: 'night',
    name: 'At night the leader at once',
    regionIds: ['default'],
    hours: { from: '22:00', to: '06:00' },
    steps: [{ afterS: 0, to: [{ onDuty: true }], channels: ['sms'] }],
  };

  it('are refused while they reach nobody', async () => {
    const refused = await call('POST', '', night);
    expect(refused.status).toBe(422);
    expect((refused.body as Problem).errors).toMatchObject([{ path: 'steps' }]);
  });

  it('are entered, changed and removed by an admin, and listed before the configured ones', async () => {
    await harness.person([{ channel: 'sms', address: '13800000001' }]);
    expect((await call('POST', '', night, 'dispatcher')).status).toBe(403);
    const entered = await call('POST', '', night);
    expect(entered).toEqual({ status: 201, body: { ...night, source: 'api' } });
    expect((await call('POST', '', night)).status).toBe(409);
    const changed = { ...night, name: 'Nights' };
    expect((await call('PUT', '/night', changed)).status).toBe(200);
    expect((await call('PUT', '/day', changed)).status).toBe(422);
    const { body } = await call('GET', '', undefined, 'viewer');
    expect(body).toMatchObject({
      items: [
        { id: 'night', name: 'Nights', source: 'api' },
        { id: 'default', source: 'config' },
      ],
    });
    expect((await call('DELETE', '/night')).status).toBe(204);
    expect((await call('DELETE', '/night')).status).toBe(404);
    expect((await call('DELETE', '/default')).status).toBe(409);
  });

  it('name every wrong field', async () => {
    const wrong = {
      ...night,
      regionIds: ['mars'],
      steps: [
        { afterS: 5, to: [{ personId: 'nobody' }], channels: ['sms', 'pigeon'] },
        { afterS: 5, to: [{ role: 'chief' }], channels: ['sms'] },
      ],
    };
    const { status, body } = await call('POST', '', wrong);
    expect(status).toBe(422);
    expect((body as Problem).errors.map(({ path }) => path)).toEqual([
      'regionIds[0]',
      'steps[1].afterS',
      'steps[0].channels[1]',
      'steps[0].to[0].personId',
      'steps[1].to[0].role',
    ]);
    expect((await call('POST', '', { ...night, steps: [] })).status).toBe(400);
  });

  it('take the place of the configured default', async () => {
    const mine = { ...night, id: 'default', regionIds: [], hours: undefined };
    expect((await call('PUT', '/default', mine)).status).toBe(200);
    const { written } = await harness.openIncident([
      { afterS: 0, to: [{ onDuty: true }], channels: ['app', 'sms'] },
      { afterS: 9, to: [{ onDuty: true }], channels: ['app', 'sms'] },
    ]);
    expect(written).toMatchObject({ policyId: 'default', nextAt: null });
  });
});
