import { expect } from 'vitest';
import type { ReceivedSms, Smsc } from './smsc.ts';

/** What somebody holds in the hand: shows each message once, in order; `expectNothing` fails on any not yet looked at. */
export const phoneOf = (smsc: Smsc, number: string) => {
  let shown = 0;
  const received = (): ReceivedSms[] => smsc.messages.filter(({ to }) => to === number);
  return {
    expectSms: async (text: RegExp): Promise<ReceivedSms> => {
      const next = shown;
      await smsc.waitForSms((sms) => received().indexOf(sms) === next, 20_000);
      const sms = received()[next];
      if (sms === undefined) throw new Error('no SMS');
      expect(sms.text).toMatch(text);
      shown += 1;
      return sms;
    },
    expectNothing: (): void => expect(received().slice(shown)).toEqual([]),
    reply: async (text: string): Promise<void> => {
      expect(await smsc.sendSms(number, text)).toBe(0);
    },
  };
};

export type Phone = ReturnType<typeof phoneOf> & { number: string };

/** The phones of a story. A message to any number that no phone was shown, or that is nobody's here, fails it. */
export const phonesOf = (smsc: Smsc) => {
  const phones = new Map<string, { phone: Phone; shown: number }>();
  return {
    of: (number: string): Phone => {
      const known = phones.get(number);
      if (known !== undefined) return known.phone;
      const plain = phoneOf(smsc, number);
      const entry = {
        shown: 0,
        phone: {
          ...plain,
          number,
          expectSms: async (text: RegExp) => {
            const sms = await plain.expectSms(text);
            entry.shown += 1;
            return sms;
          },
        },
      };
      phones.set(number, entry);
      return entry.phone;
    },
    expectNothingUnread: (): void => {
      const unread = smsc.messages.filter((sms, index) => {
        const before = smsc.messages.slice(0, index).filter(({ to }) => to === sms.to).length;
        return before >= (phones.get(sms.to)?.shown ?? 0);
      });
      expect(unread.map(({ to, text }) => `${to}: ${text}`)).toEqual([]);
    },
  };
};
