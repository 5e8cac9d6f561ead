import type { ContactChannel, NewContact } from './person.ts';
import { normalizePhone } from './phone.ts';

export type CheckedContact = { channel: ContactChannel; address: string; verified?: boolean };
export type ContactCheck =
  | { ok: true; contacts: CheckedContact[] }
  | { ok: false; errors: { path: string; message: string }[] };

type AddressResult = { ok: true; address: string } | { ok: false; reason: string };

/** Normalises the addresses of a person's contacts; an error names `contacts[i].address` and how to write it. */
export const checkContacts = (contacts: readonly NewContact[], personId: string): ContactCheck => {
  const checked: CheckedContact[] = [];
  const errors: { path: string; message: string }[] = [];
  for (const [index, contact] of contacts.entries()) {
    const result = checkAddress(contact, personId);
    if (!result.ok) {
      errors.push({ path: `contacts[${index}].address`, message: result.reason });
      continue;
    }
    const { address } = result;
    const twin = checked.some((c) => c.channel === contact.channel && c.address === address);
    if (twin) {
      errors.push({
        path: `contacts[${index}]`,
        message: `${contact.channel} ${address} is listed twice`,
      });
      continue;
    }
    checked.push({
      channel: contact.channel,
      address,
      ...(contact.verified === undefined ? {} : { verified: contact.verified }),
    });
  }
  return errors.length === 0 ? { ok: true, contacts: checked } : { ok: false, errors };
};

const checkAddress = ({ channel, address: raw }: NewContact, personId: string): AddressResult => {
  const address = raw?.trim() ?? '';
  switch (channel) {
    case 'sms':
    case 'voice': {
      const phone = normalizePhone(address, channel);
      return phone.ok ? { ok: true, address: phone.e164 } : phone;
    }
    case 'webhook':
    case 'wecom':
    case 'dingtalk':
    case 'feishu':
      return isHttpUrl(address)
        ? { ok: true, address }
        : { ok: false, reason: `"${address}" is not an http:// or https:// URL` };
    case 'email':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)
        ? { ok: true, address }
        : { ok: false, reason: `"${address}" is not an e-mail address` };
    case 'jpush':
      return /^[\w-]{1,64}$/.test(address)
        ? { ok: true, address }
        : { ok: false, reason: `"${address}" is not a JPush registration id` };
    case 'app':
    case 'web_push':
    case 'log':
      return { ok: true, address: address === '' ? personId : address };
  }
};

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
