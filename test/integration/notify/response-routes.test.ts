import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { responseRoutes } from '../../../src/notify/index.ts';
import type { App } from '../../../src/shared/http.ts';
import { newId } from '../../../src/shared/ids.ts';
import { createTestApp } from '../../unit/api/test-app.ts';
import { createHarness } from './notify-harness.ts';

const alertedAt = new Date('2026-11-02T06:00:00Z');

describe('GET reports/response', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let app: App;
  let fires = 0;

  /** Seconds from the alert to each act. */
  const fire = async (
    regionId: string,
    acts: { ack?: number; verify?: number; dispatch?: number; arrive?: number; status?: string },
  ) => {
    const id = newId();
    fires += 1;
    const after = (seconds: number | undefined) =>
      seconds === undefined ? null : new Date(alertedAt.getTime() + seconds * 1000);
    const { status = 'responding' } = acts;
    await harness.pool.query(
      `insert into incident (id, number, status, confidence, severity, region_id, lon, lat, fix, detection_count,
         source_ids, opened_at, updated_at, last_observed_at, last_received_at, anchor_device_id, alert_level,
         acknowledged_at, verified_at, responding_at, dismissed_reason)
       values ($1, $2, $3, 0.9, 'moderate', $4, 113, 26, '{}', 1, '{cam-1}', $5, $5, $5, $5, 'cam-1', 'review',
         $6, $7, $8, case $3 when 'dismissed' then 'mist' end)`,
      [
        id,
        `AR-${String(fires)}`,
        status,
        regionId,
        alertedAt,
        after(acts.ack),
        after(acts.verify),
        after(acts.dispatch),
      ],
    );
    if (acts.arrive !== undefined) {
      await harness.pool.query(
        `insert into incident_event (incident_id, type, actor, at) values ($1, 'arrived', 'person:p-1', $2)`,
        [id, after(acts.arrive)],
      );
    }
  };

  beforeAll(async () => {
    harness = await createHarness();
    await harness.pool.query(
      `insert into region (id, name, level, code) values ('anren', '=安仁,"县"', 'county', 'anren')`,
    );
    app = await createTestApp({
      routes: [
        responseRoutes({
          pool: harness.pool,
          visibleRegions: ({ roles }) => (roles.includes('viewer') ? new Set(['default']) : null),
          clock: { now: () => new Date('2026-11-03T00:00:00Z') },
        }),
      ],
    });
    for (const ack of [10, 20, 30, 40]) await fire('default', { ack, verify: ack * 10 });
    // Sent at once, without a word before; they were there after twenty minutes.
    await fire('anren', { dispatch: 100, arrive: 1_200 });
    await fire('anren', { status: 'dismissed' });
  });
  afterAll(async () => {
    await app?.close();
    await harness?.close();
  });
  const get = (query: string, role = 'admin', accept = 'application/json') =>
    app.inject({
      url: `/api/v1/reports/response?${query}`,
      headers: { authorization: `Bearer ${role}`, accept },
    });

  it('tells median and p90 of each act, by region and for all', async () => {
    const response = await get('');
    expect(response.statusCode).toBe(200);
    const none = { count: 0, medianS: null, p90S: null };
    expect(response.json()).toEqual({
      from: '2026-10-04T00:00:00.000Z',
      to: '2026-11-03T00:00:00.000Z',
      total: {
        incidents: 6,
        dismissed: 1,
        acknowledge: { count: 5, medianS: 30, p90S: 76 },
        verify: { count: 4, medianS: 250, p90S: 370 },
        dispatch: { count: 1, medianS: 100, p90S: 100 },
        arrive: { count: 1, medianS: 1_200, p90S: 1_200 },
      },
      items: [
        {
          regionId: 'anren',
          regionName: '=安仁,"县"',
          incidents: 2,
          dismissed: 1,
          acknowledge: { count: 1, medianS: 100, p90S: 100 },
          verify: none,
          dispatch: { count: 1, medianS: 100, p90S: 100 },
          arrive: { count: 1, medianS: 1_200, p90S: 1_200 },
        },
        {
          regionId: 'default',
          regionName: 'default',
          incidents: 4,
          dismissed: 0,
          acknowledge: { count: 4, medianS: 25, p90S: 37 },
          verify: { count: 4, medianS: 250, p90S: 370 },
          dispatch: none,
          arrive: none,
        },
      ],
    });
  });

  it('tells the same as CSV, which no spreadsheet takes for a formula', async () => {
    const lines = [
      'regionId,region,incidents,dismissed,acknowledgeCount,acknowledgeMedianS,acknowledgeP90S,verifyCount,verifyMedianS,verifyP90S,dispatchCount,dispatchMedianS,dispatchP90S,arriveCount,arriveMedianS,arriveP90S',
      `anren,"'=安仁,""县""",2,1,1,100.0,100.0,0,,,1,100.0,100.0,1,1200.0,1200.0`,
      'default,default,4,0,4,25.0,37.0,4,250.0,370.0,0,,,0,,',
      ',ALL,6,1,5,30.0,76.0,4,250.0,370.0,1,100.0,100.0,1,1200.0,1200.0',
    ];
    for (const response of [await get('format=csv'), await get('', 'admin', 'text/csv')]) {
      expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(response.body).toBe(`\uFEFF${lines.join('\r\n')}\r\n`);
    }
  });

  it('tells each what he or she may see, of the time that was asked for', async () => {
    const seen = (await get('', 'viewer')).json<{ total: { incidents: number } }>();
    expect(seen.total.incidents).toBe(4);
    const before = (await get('from=2026-11-01T00:00:00Z&to=2026-11-02T06:00:00Z')).json<{
      total: { incidents: number };
    }>();
    expect(before.total.incidents).toBe(0);
    const wrong = await get('from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z');
    expect(wrong.json()).toMatchObject({ status: 400, errors: [{ path: 'to' }] });
  });
});
