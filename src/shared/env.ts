import { resolve } from 'node:path';
import { AppError } from './app-error.ts';
import { isNetwork } from './outbound-address.ts';

export type Role = 'ingest' | 'notify' | 'api';
export const ALL_ROLES: readonly Role[] = ['ingest', 'notify', 'api'];

/** The environment, parsed. Absent optional values are undefined, never ''. */
export type Env = {
  host: string;
  port: number;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  mqttUrl: string | undefined;
  /** Stable over restarts and unique among processes, so that the broker keeps this process's unacknowledged messages. */
  mqttClientId: string;
  mqttPort: number;
  mqttHost: string;
  dataDir: string;
  configDir: string;
  roles: readonly Role[];
  logLevel: string;
  timeZone: string;
  locale: 'zh-CN' | 'en';
  /** A reverse proxy in front sets X-Forwarded-For: believe it, or all clients share one address and rate limit. */
  trustProxy: boolean;
  jwtSecret: string | undefined;
  jwksUrl: string | undefined;
  adminPassword: string | undefined;
  smppUrl: string | undefined;
  webhookSecret: string | undefined;
  /** Posted to every minute while all is well; a watcher outside alarms when it stays away. */
  heartbeatUrl: string | undefined;
  /** The county's app at developer.dji.com: docks check it before they bind. All three or none. */
  djiApp: { id: string; key: string; license: string } | undefined;
  /** Where MAVLink is listened for by UDP; undefined = it is not. */
  mavlink: { host: string; port: number } | undefined;
  /** Given to docks that have no internet. */
  djiNtp: { host: string; port: number } | undefined;
  /** Where hotspots of satellites are fetched; `feedsOf` says which addresses these are. */
  hotspots: {
    firmsUrls: readonly string[];
    firmsMapKey: string | undefined;
    himawariUrls: readonly string[];
    everyS: number;
  };
  /** Where people reach this service from outside, without a slash at the end: links in messages lead there. */
  publicUrl: string | undefined;
  /** Where pictures lie instead of below DATA_DIR: endpoint and bucket, path style. */
  s3: { url: string; accessKey: string; secretKey: string; region: string } | undefined;
  /** Beside each device's own address, where pictures of alarms may be fetched from: names, addresses, networks. */
  imageHosts: readonly string[];
  /** Where the api role writes Mosquitto's password and ACL files; undefined = it does not. */
  mosquittoDir: string | undefined;
};

type Source = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads and checks every variable; throws one AppError('startup') that lists all mistakes, each with how to mend it. */
export const readEnv = (source: Source): Env => {
  const errors: { path: string; message: string }[] = [];
  const raw = (name: string): string | undefined => {
    const value = source[name]?.trim();
    return value === undefined || value === '' ? undefined : value;
  };
  const fail = (name: string, expected: string, example: string): void => {
    errors.push({
      path: name,
      message: `${name}="${raw(name) ?? ''}" is not ${expected}; set e.g. ${name}=${example}`,
    });
  };
  const port = (name: string, fallback: number): number => {
    const text = raw(name);
    if (text === undefined) return fallback;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
    fail(name, 'a port number (0 to 65535; 0 picks a free one)', String(fallback));
    return fallback;
  };
  const url = (name: string, protocols: readonly string[], example: string): string | undefined => {
    const text = raw(name);
    if (text === undefined) return undefined;
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    fail(name, `a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`, example);
    return undefined;
  };
  const urls = (name: string, example: string): string[] => {
    // A box is written with commas, so an address begins where its protocol does.
    const found = (raw(name) ?? '').split(/[\s,]+(?=https?:)/i).filter((text) => text !== '');
    const isUrl = (text: string) => /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
    if (found.every(isUrl)) return found;
    fail(name, 'one or more URLs starting with http:// or https://', example);
    return [];
  };
  const seconds = (name: string, fallback: number): number => {
    const text = raw(name);
    if (text === undefined) return fallback;
    if (/^\d{1,5}$/.test(text) && Number(text) >= 1) return Number(text);
    fail(name, 'a number of seconds (1 to 99999)', String(fallback));
    return fallback;
  };
  const choice = <T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const text = raw(name);
    if (text === undefined) return fallback;
    const found = choices.find((c) => c === text);
    if (found !== undefined) return found;
    fail(name, `one of ${choices.join(', ')}`, fallback);
    return fallback;
  };
  const roles = (): readonly Role[] => {
    const text = raw('ROLES');
    if (text === undefined) return ALL_ROLES;
    const names = text.split(',').map((name) => name.trim());
    const known = ALL_ROLES.filter((role) => names.includes(role));
    if (known.length === names.length) return known;
    fail('ROLES', 'a comma-separated subset of ingest,notify,api', 'ingest,notify,api');
    return ALL_ROLES;
  };
  const timeZone = (): string => {
    const zone = raw('TZ_NAME') ?? 'Asia/Shanghai';
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
    } catch {
      fail('TZ_NAME', 'an IANA time zone', 'Asia/Shanghai');
    }
    return zone;
  };
  const longEnough = (name: string, min: number): string | undefined => {
    const value = raw(name);
    if (value === undefined || value.length >= min) return value;
    errors.push({
      path: name,
      message: `${name} is shorter than ${min} characters; set a longer one, e.g. ${name}=$(openssl rand -hex 32)`,
    });
    return undefined;
  };

  const s3 = (): Env['s3'] => {
    const address = url('S3_URL', ['http:', 'https:'], 'https://s3.example.org/fengsui');
    const [accessKey, secretKey] = [raw('S3_ACCESS_KEY'), raw('S3_SECRET_KEY')];
    const region = raw('S3_REGION') ?? 'us-east-1';
    if (address === undefined) return undefined;
    if (accessKey !== undefined && secretKey !== undefined) {
      return { url: address.replace(/\/+$/, ''), accessKey, secretKey, region };
    }
    errors.push({
      path: 'S3_URL',
      message: 'S3_URL needs S3_ACCESS_KEY and S3_SECRET_KEY; set all three or none',
    });
    return undefined;
  };

  const imageHosts = (): string[] => {
    const hosts = (raw('IMAGE_HOSTS') ?? '').split(/[\s,]+/).filter((host) => host !== '');
    if (hosts.every((host) => isNetwork(host) || /^(?=.*[a-z])[a-z0-9.-]+$/i.test(host)))
      return hosts;
    fail(
      'IMAGE_HOSTS',
      'a list of host names, addresses and networks',
      'pictures.example.org,10.20.0.0/16',
    );
    return [];
  };

  const djiApp = (): Env['djiApp'] => {
    const [id, key, license] = [raw('DJI_APP_ID'), raw('DJI_APP_KEY'), raw('DJI_APP_LICENSE')];
    if (id !== undefined && key !== undefined && license !== undefined) return { id, key, license };
    if (id ?? key ?? license) {
      errors.push({
        path: 'DJI_APP_ID',
        message:
          'DJI_APP_ID, DJI_APP_KEY and DJI_APP_LICENSE go together; set all three (developer.dji.com, an app of type Cloud API) or none',
      });
    }
    return undefined;
  };
  const ntpHost = raw('DJI_NTP_HOST');

  const env: Env = {
    host: raw('HOST') ?? '127.0.0.1',
    port: port('PORT', 8080),
    databaseUrl: url(
      'DATABASE_URL',
      ['postgres:', 'postgresql:'],
      'postgres://fengsui:secret@127.0.0.1:5432/fengsui',
    ),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:'], 'redis://127.0.0.1:6379'),
    mqttUrl: url('MQTT_URL', ['mqtt:', 'mqtts:'], 'mqtt://fengsui:secret@127.0.0.1:1883'),
    mqttClientId: raw('MQTT_CLIENT_ID') ?? 'fengsui',
    mqttPort: port('MQTT_PORT', 1883),
    mqttHost: raw('MQTT_HOST') ?? raw('HOST') ?? '127.0.0.1',
    dataDir: resolve(raw('DATA_DIR') ?? 'data'),
    configDir: resolve(raw('CONFIG_DIR') ?? 'config'),
    roles: roles(),
    logLevel: choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    timeZone: timeZone(),
    locale: choice('LOCALE', ['zh-CN', 'en'], 'zh-CN'),
    trustProxy: choice('TRUST_PROXY', ['true', 'false'], 'false') === 'true',
    jwtSecret: longEnough('JWT_SECRET', 32),
    jwksUrl: url('JWKS_URL', ['http:', 'https:'], 'https://id.example.org/.well-known/jwks.json'),
    adminPassword: longEnough('ADMIN_PASSWORD', 8),
    smppUrl: url('SMPP_URL', ['smpp:', 'smpps:'], 'smpp://user:password@sms.example.org:2775'),
    webhookSecret: raw('WEBHOOK_SECRET'),
    heartbeatUrl: url('HEARTBEAT_URL', ['http:', 'https:'], 'https://watch.example.org/fengsui'),
    mavlink:
      raw('MAVLINK_PORT') === undefined
        ? undefined
        : {
            host: raw('MAVLINK_HOST') ?? raw('HOST') ?? '127.0.0.1',
            port: port('MAVLINK_PORT', 14_550),
          },
    djiApp: djiApp(),
    djiNtp: ntpHost === undefined ? undefined : { host: ntpHost, port: port('DJI_NTP_PORT', 123) },
    hotspots: {
      firmsUrls: urls(
        'FIRMS_URL',
        'https://firms.modaps.eosdis.nasa.gov/api/area/csv/{MAP_KEY}/VIIRS_NOAA20_NRT/{BBOX}/2',
      ),
      firmsMapKey: raw('FIRMS_MAP_KEY'),
      himawariUrls: urls(
        'HIMAWARI_URL',
        'http://mirror.example.org/{YYYY}{MM}/{DD}/{hh}/H09_{YYYY}{MM}{DD}_{hh}{mm}_L2WLF010_FLDK.06001_06001.csv',
      ),
      everyS: seconds('HOTSPOTS_EVERY_S', 600),
    },
    publicUrl: url('PUBLIC_URL', ['https:', 'http:'], 'https://fire.example.gov.cn')?.replace(
      /\/+$/,
      '',
    ),
    s3: s3(),
    imageHosts: imageHosts(),
    mosquittoDir:
      raw('MOSQUITTO_DIR') === undefined ? undefined : resolve(raw('MOSQUITTO_DIR') ?? ''),
  };
  if (env.mqttUrl === undefined && env.roles.length < ALL_ROLES.length) {
    errors.push({
      path: 'ROLES',
      message: `ROLES=${env.roles.join(',')} splits the service, but without MQTT_URL each process would have its own broker; set e.g. MQTT_URL=mqtt://fengsui:secret@127.0.0.1:1883`,
    });
  }
  if (env.databaseUrl === undefined && env.roles.length < ALL_ROLES.length) {
    errors.push({
      path: 'ROLES',
      message: `ROLES=${env.roles.join(',')} splits the service, but without DATABASE_URL each process would have its own database; set e.g. DATABASE_URL=postgres://fengsui:secret@127.0.0.1:5432/fengsui`,
    });
  }
  if (errors.length > 0) {
    throw new AppError('startup', errors.map((error) => error.message).join(' | '), { errors });
  }
  return env;
};
