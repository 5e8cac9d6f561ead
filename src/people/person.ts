import Type from 'typebox';
import { type AccessRole, AccessRoleSchema, DateTimeSchema } from '../shared/http.ts';

export const CONTACT_CHANNELS = [
  'sms',
  'app',
  'web_push',
  'jpush',
  'voice',
  'email',
  'webhook',
  'wecom',
  'dingtalk',
  'feishu',
  'log',
] as const;
export type ContactChannel = (typeof CONTACT_CHANNELS)[number];
export const ContactChannelSchema = Type.Enum([...CONTACT_CHANNELS]);

/** One way to reach a person. The order of a person's contacts is the order of preference within a channel. */
export type Contact = {
  id: string;
  channel: ContactChannel;
  /**
   * sms and voice: E.164; webhook and group robots: http(s) URL; app: any name, the inbox is the person's; web_push: the
   * person's id, for all browsers he or she has subscribed with; jpush: the registration id.
   */
  address: string;
  verified: boolean;
  /** Set when the person wants no more messages there. */
  disabledAt: Date | null;
  disabledReason?: DisabledReason;
};

/** Who disabled a contact: `stop` the phone itself, by SMS; `self` the person, by API. */
export const DISABLED_REASONS = ['stop', 'admin', 'self'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export type Locale = 'zh-CN' | 'en';

export type Person = {
  id: string;
  name: string;
  roles: AccessRole[];
  /** Where the person is responsible; empty for nowhere in particular. */
  regionIds: string[];
  locale: Locale;
  contacts: Contact[];
  createdAt: Date;
};

const strict = { additionalProperties: false };

const LocaleSchema = Type.Union([Type.Literal('zh-CN'), Type.Literal('en')]);
const NameSchema = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const RolesSchema = Type.Array(AccessRoleSchema, { uniqueItems: true, maxItems: 5 });
const RegionIdsSchema = Type.Array(Type.String({ minLength: 1 }), {
  uniqueItems: true,
  maxItems: 500,
});

export const NewContactSchema = Type.Object(
  {
    channel: ContactChannelSchema,
    /** May be left out for `app`: then the person's id. */
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    verified: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type NewContact = Type.Static<typeof NewContactSchema>;
const ContactsSchema = Type.Array(NewContactSchema, { maxItems: 20 });

export const NewPersonSchema = Type.Object(
  {
    name: NameSchema,
    roles: RolesSchema,
    regionIds: RegionIdsSchema,
    locale: Type.Optional(LocaleSchema),
    contacts: ContactsSchema,
    username: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._@-]{2,64}$' })),
    password: Type.Optional(Type.String({ minLength: 8, maxLength: 200 })),
  },
  strict,
);
export type NewPerson = Type.Static<typeof NewPersonSchema>;

export const PersonChangeSchema = Type.Partial(
  Type.Object(
    {
      name: NameSchema,
      roles: RolesSchema,
      regionIds: RegionIdsSchema,
      locale: LocaleSchema,
      contacts: ContactsSchema,
    },
    strict,
  ),
  { ...strict, minProperties: 1 },
);
export type PersonChange = Type.Static<typeof PersonChangeSchema>;

const personProperties = {
  name: Type.String(),
  roles: Type.Array(AccessRoleSchema),
  regionIds: Type.Array(Type.String()),
  locale: LocaleSchema,
  contacts: Type.Array(
    Type.Object({
      id: Type.String(),
      channel: ContactChannelSchema,
      address: Type.String({ description: 'masked for viewers and operators' }),
      verified: Type.Boolean(),
      disabledAt: Type.Optional(DateTimeSchema),
      disabledReason: Type.Optional(
        Type.Enum([...DISABLED_REASONS], { description: 'stop: the phone sent STOP' }),
      ),
    }),
  ),
  reachable: Type.Boolean({ description: 'has a contact that may be used' }),
  warnings: Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
    description: 'what keeps the person from being told as he or she should be',
  }),
  createdAt: DateTimeSchema,
  /** Behind those of the contacts: scripts cut the last id out of the answer. */
  id: Type.String(),
};
export const PersonSchema = Type.Object(personProperties);
export const CreatedPersonSchema = Type.Object({
  ...personProperties,
  username: Type.Optional(Type.String()),
  mqttSecret: Type.String({
    description: "password of the person's app at the MQTT broker (user name: the id); shown once",
  }),
});
