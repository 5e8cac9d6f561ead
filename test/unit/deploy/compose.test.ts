import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MAX_PACKET_BYTES } from '../../../src/embedded/packet-limit.ts';
import { ALL_ROLES, readEnv } from '../../../src/shared/env.ts';

type Service = {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: unknown; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
};
type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> };

const read = (file: string): string =>
  readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);

/** What they may be is checked, as URLs are. */
const NOT_ANY_TEXT = /_URL$|^WEBHOOK_SECRET$|^IMAGE_HOSTS$|^MAVLINK_PORT$/;

/** `.env.example` with every secret filled in, as a person would. */
const dotEnv = Object.fromEntries(
  [...read('.env.example').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value === '' && !NOT_ANY_TEXT.test(name) ? `${name}-`.repeat(8) : value,
  ]),
);

/** `${NAME:-default}` and `${NAME:?message}`, as Compose fills them in. */
const interpolate = (value: string): string =>
  value.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_match, name: string, kind?: string, rest = '') => {
      const found = dotEnv[name] ?? '';
      if (found !== '') return found;
      if (kind === '?') throw new Error(`${name} is needed but not in .env.example`);
      return rest;
    },
  );

const environmentOf = (service: Service): Record<string, string> =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [name, interpolate(value)]),
  );

/** Every variable that readEnv asks for. */
const knownVariables = (): Set<string> => {
  const asked = new Set<string>();
  readEnv(
    new Proxy({}, { get: (_target, name) => void asked.add(String(name)) }) as Record<
      string,
      undefined
    >,
  );
  return asked;
};

describe('docker-compose.yml', () => {
  test.each(services)('%s: the image has a version', (_name, service) => {
    expect(interpolate(service.image ?? '')).toMatch(
      /^[\w./-]+:\d+\.\d+\.\d+(-\w+)?$|^postgres:\d+\.\d+-bookworm$/,
    );
  });

  test('every service has a health check; only what runs once has none', () => {
    const without = services.filter(([, { healthcheck }]) => !Array.isArray(healthcheck?.test));
    expect(without.map(([name, { command }]) => [name, command?.at(-1)])).toEqual([
      ['migrate', 'migrate'],
    ]);
    expect(compose.services['migrate']?.healthcheck).toEqual({ disable: true });
  });

  test.each(ours)('%s: its variables are known and pass the check', (_name, service) => {
    const environment = environmentOf(service);
    expect(Object.keys(environment).filter((name) => !knownVariables().has(name))).toEqual([]);
    const env = readEnv(environment);
    expect(env.databaseUrl).toContain('@postgres:5432/');
    expect(env.redisUrl).toContain('@valkey:6379');
    expect(env.mqttUrl).toContain('@mosquitto:1884');
  });

  test('the roles together are all roles, each in one service', () => {
    const roles = ours.flatMap(([, { environment }]) => environment?.['ROLES'] ?? []);
    expect(roles.toSorted()).toEqual([...ALL_ROLES].toSorted());
    const clientIds = ours.flatMap(([, { environment }]) => environment?.['MQTT_CLIENT_ID'] ?? []);
    expect(new Set(clientIds).size).toBe(roles.length);
    // No device can have such an id, so none can take over the service's session at the broker.
    expect(clientIds.every((id) => id.includes(':'))).toBe(true);
  });

  test('what is waited for exists, and can become what is waited for', () => {
    for (const [, service] of services) {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const needed = compose.services[name];
        expect(needed).toBeDefined();
        expect(condition).toBe(
          needed?.healthcheck?.disable ? 'service_completed_successfully' : 'service_healthy',
        );
      }
    }
  });

  test('every named volume is declared and used', () => {
    const used = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? '').filter((name) => !name.startsWith('.')),
    );
    expect(new Set(used)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  test('.env.example names exactly the variables it fills in', () => {
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(new Set(Object.keys(dotEnv))).toEqual(new Set(used));
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  test('every stage starts from the pinned image, and the last does not run as root', () => {
    const stages = dockerfile.split(/^FROM /m).slice(1);
    expect(stages.length).toBeGreaterThan(1);
    expect(stages.every((stage) => stage.startsWith('node:24-bookworm-slim'))).toBe(true);
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)).toMatch(/^HEALTHCHECK /m);
    expect(stages.at(-1)).not.toMatch(/^RUN /m);
  });

  test('what it copies is let through by .dockerignore', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names = '']) => names.split(' '),
    );
    expect(copied.length).toBeGreaterThan(0);
    const letThrough = (name: string): boolean =>
      allowed.some((each) => name === each || name.startsWith(`${each}/`));
    expect(copied.filter((name) => !letThrough(name))).toEqual([]);
  });

  test('the image has every file the service reads from its package', () => {
    const image = dockerfile.split(/^FROM /m).at(-1) ?? '';
    const sources = readdirSync(new URL('../../../src', import.meta.url), {
      recursive: true,
      encoding: 'utf8',
    });
    const wanted = sources
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...read(`src/${file}`).matchAll(/packageFile\('([^']+)'\)/g)])
      .map(([, name = '']) => name);
    expect(wanted).toContain('docs/asyncapi.yaml');
    const lacking = wanted.filter((name) => !image.includes(`COPY ${name} ./`));
    expect(lacking).toEqual([]);
  });
});

test('Mosquitto takes packets as large as the embedded broker does', () => {
  expect(read('config/mosquitto/mosquitto.conf')).toContain(
    `max_packet_size ${MAX_PACKET_BYTES}\n`,
  );
});
