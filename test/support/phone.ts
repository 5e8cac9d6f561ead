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
