import type { AliyunSmsConfig } from './aliyun-config.ts';
import type { ChannelConfig, SmtpConfig } from './channel-config.ts';
import type { HttpGatewayConfig } from './http-gateway-config.ts';
import type { FieldError } from './message-template.ts';

type Named<Kind extends string, Settings> = {
  channel: 'sms' | 'voice' | 'email';
  kind: Kind;
  /** Unique among all providers. */
  name: string;
  /** Where it stands in channels.json. */
  path: string;
  settings: Settings;
};

export type NamedProvider =
  | Named<'smpp', { url: string }>
  | Named<'aliyun', AliyunSmsConfig>
  | Named<'http', HttpGatewayConfig>
  | Named<'smtp', SmtpConfig>;

/** How attempts and receipts name what is no entry of a list. */
const OWN_NAMES = ['mqtt', 'log', 'webhook', 'jpush', 'wecom', 'dingtalk', 'feishu'];

/**
 * The providers of a channels.json in its order, each with its name: its own, else its kind (of a voice gateway `voice`),
 * with -2, -3 … where that is taken. Two that were given the same name
 * are an error, and so is a name that the service uses itself.
 */
export const namedProviders = (
  config: ChannelConfig,
): { providers: NamedProvider[]; errors: FieldError[] } => {
  const entries = entriesOf(config);
  const given = entries.flatMap(({ settings }) => settings.name ?? []);
  const taken = new Set(given);
  const errors: FieldError[] = [];
  const providers = entries.map((entry): NamedProvider => {
    const { kind, channel, path, settings } = entry;
    if (settings.name !== undefined) {
      if (given.indexOf(settings.name) !== given.lastIndexOf(settings.name)) {
        errors.push({
          path: `${path}/name`,
          message: `"${settings.name}" is the name of another provider too; choose another`,
        });
      }
      if (OWN_NAMES.includes(settings.name)) {
        errors.push({
          path: `${path}/name`,
          message: `"${settings.name}" means something else already; choose another`,
        });
      }
      return { ...entry, name: settings.name };
    }
    const name = freeName(channel === 'voice' ? 'voice' : kind, taken);
    taken.add(name);
    return { ...entry, name };
  });
  return { providers, errors };
};

const freeName = (base: string, taken: ReadonlySet<string>): string => {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(name)) return name;
  }
};

type Entry = NamedProvider extends infer P
  ? P extends NamedProvider
    ? Omit<P, 'name' | 'settings'> & { settings: P['settings'] & { name?: string } }
    : never
  : never;

const entriesOf = ({ sms = [], voice = [], email = [] }: ChannelConfig): Entry[] => [
  ...sms.flatMap(({ smpp, aliyun, http }, index): Entry[] => {
    const at = (kind: string) => ({ channel: 'sms' as const, path: `/sms/${index}/${kind}` });
    if (smpp !== undefined) return [{ kind: 'smpp', ...at('smpp'), settings: smpp }];
    if (aliyun !== undefined) return [{ kind: 'aliyun', ...at('aliyun'), settings: aliyun }];
    if (http !== undefined) return [{ kind: 'http', ...at('http'), settings: http }];
    return [];
  }),
  ...voice.flatMap(({ http }, index): Entry[] =>
    http === undefined
      ? []
      : [{ kind: 'http', channel: 'voice', path: `/voice/${index}/http`, settings: http }],
  ),
  ...email.flatMap(({ smtp }, index): Entry[] =>
    smtp === undefined
      ? []
      : [{ kind: 'smtp', channel: 'email', path: `/email/${index}/smtp`, settings: smtp }],
  ),
];
