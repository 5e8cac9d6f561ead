import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const STORY_WITHIN_MS = 60_000;

describe('npm run demo', () => {
  let folder: string;
  let demo: ChildProcess | undefined;
  let output = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fengsui-demo-'));
    await chmod(folder, 0o755);
  });
  afterEach(async () => {
    await end('SIGKILL');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const start = (env: Record<string, string> = {}): void => {
    output = '';
    const { DATABASE_URL: _d, MQTT_URL: _m, REDIS_URL: _r, SMPP_URL: _s, ...own } = process.env;
    demo = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'demo'], {
      cwd: ROOT,
      env: { ...own, DATA_DIR: join(folder, 'data'), PORT: '0', MQTT_PORT: '0', ...env },
    });
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    demo.stdout?.on('data', take);
    demo.stderr?.on('data', take);
  };

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const running = demo;
    demo = undefined;
    if (running === undefined || running.exitCode !== null) return running?.exitCode ?? null;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
    return running.exitCode;
  };

  const shown = async (pattern: RegExp, timeoutMs = STORY_WITHIN_MS): Promise<string> =>
    vi.waitFor(
      () => {
        if (demo !== undefined && demo.exitCode !== null) {
          throw new Error(`the demo ended:\n${output}`);
        }
        const found = pattern.exec(output)?.[0];
        if (found === undefined) throw new Error(`${pattern} is not in:\n${output}`);
        return found;
      },
      { timeout: timeoutMs, interval: 100 },
    );

  it('shows the incident, what is nearby and the SMS within a minute, and ends cleanly', {
    timeout: 120_000,
  }, async () => {
    start();
    await shown(/烽燧演示/);
    // From here on, because how soon the service is ready is another test's business.
    const readyAt = performance.now();
    await shown(/载入县域数据 \d+\/\d+ 100 %/);
    const page = await shown(/http:\/\/127\.0\.0\.1:\d+\//);
    const number = (await shown(/━ 火情 \d{6,9}-\d{8}-\d{3}/)).replace('━ 火情 ', '');
    await shown(/距真实火点 [\d.]+ k?m/);
    await shown(new RegExp(`短信 ${number}\\n  → \\+86199\\d{8}.*\\n    【烽燧】.*${number}`));
    await shown(/级别 {2}(疑似|火情)，\d+ %/);
    await shown(new RegExp(`附近 ${number}\\n(  .+\\n)*  水源  .+ \\d`));
    expect(performance.now() - readyAt).toBeLessThan(STORY_WITHIN_MS);
    // On a slow machine the second camera may have spoken before the first is told.
    await shown(new RegExp(`▲ ${number} 升级为火情：\\d 个来源|级别 {2}火情`));
    await shown(new RegExp(`【烽燧】升级.*${number}`));
    await shown(/95 %，(多塔交会|多源融合)/);

    const html = await fetch(page);
    expect(html.status).toBe(200);
    const login = await fetch(`${page}api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'fengsui-demo' }),
    });
    const { token } = (await login.json()) as { token: string };
    const get = async (path: string): Promise<{ items: { number?: string }[] }> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${page}api/v1/${path}`, { headers })).json() as never;
    };
    expect((await get('incidents')).items.map((item) => item.number)).toContain(number);
    expect((await get('dead-letters?limit=5')).items ?? []).toEqual([]);
    const secrets = await stat(join(folder, 'data', 'demo-secrets.json'));
    expect(secrets.mode & 0o777).toBe(0o600);
    expect(await end('SIGTERM')).toBe(0);
  });

  it('starts again with the data it has, and lights another fire', {
    timeout: 120_000,
  }, async () => {
    start({ LOCALE: 'en' });
    await shown(/Loading the county \d+\/\d+ 100 %/);
    await shown(/A fire is lit at/);
    await shown(/━ Incident \d{6,9}-\d{8}-\d{3}/);
    expect(await end('SIGINT')).toBe(0);
  });

  it.each([
    ['another seed', { DEMO_SEED: '2' }, 'DEMO_SEED=1'],
    ['another password', { ADMIN_PASSWORD: 'not-the-one-before' }, 'ADMIN_PASSWORD'],
  ])('refuses %s for the same data, in one line', { timeout: 60_000 }, async (_what, env, hint) => {
    start(env);
    const ended = demo;
    if (ended === undefined) throw new Error('not started');
    if (ended.exitCode === null) await once(ended, 'exit');
    expect(ended.exitCode).toBe(1);
    expect(output.split('\n').filter((line) => line.startsWith('fengsui: '))).toHaveLength(1);
    expect(output).toContain(hint);
  });
});
