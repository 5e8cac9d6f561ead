import { type AllowedNetworks, HOW_TO_ALLOW, refusedUrl } from '../shared/outbound-address.ts';
import type { ContactChannel, NewContact } from './person.ts';
import { normalizePhone } from './phone.ts';
import { robotFault } from './robot-address.ts';

export type CheckedContact = { channel: ContactChannel; address: string; verified?: boolean };
export type ContactCheck =
  | { ok: true; contacts: CheckedContact[] }
  | { ok: false; errors: { path: string; message: string }[] };

type AddressResult = { ok: true; address: string } | { ok: false; reason: string };

/**
 * Normalises the addresses of a person's contacts; an error names `contacts[i].address` and how to write it. URLs lead to
 * public addresses, or to networks that are allowed.
 */
export const checkContacts = (
  contacts: readonly NewContact[],
  personId: string,
  allow: AllowedNetworks = [],
): ContactCheck => {
  const checked: CheckedContact[] = [];
  const errors: { path: string; message: string }[] = [];
  for (const [index, contact] of contacts.entries()) {
    const result = checkAddress(contact, personId, allow);
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

const checkAddress = (
  { channel, address: raw }: NewContact,
  personId: string,
  allow: AllowedNetworks,
): AddressResult => {
  const address = raw?.trim() ?? '';
  switch (channel) {
    case 'sms':
    case 'voice': {
      const phone = normalizePhone(address, channel);
      return phone.ok ? { ok: true, address: phone.e164 } : phone;
    }
    case 'webhook':
      return checkUrl(address, allow);
    case 'wecom':
    case 'dingtalk':
    case 'feishu': {
      const checked = checkUrl(address, allow);
      const fault = checked.ok ? robotFault(channel, address) : null;
      return fault === null ? checked : { ok: false, reason: `"${address}" ${fault}` };
    }
    case 'email':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)
        ? { ok: true, address }
        : { ok: false, reason: `"${address}" is not an e-mail address` };
    case 'jpush':
      return /^[\w-]{1,64}$/.test(address)
        ? { ok: true, address }
        : { ok: false, reason: `"${address}" is not a JPush registration id` };
    case 'web_push':
      return address === '' || address === personId
        ? { ok: true, address: personId }
        : { ok: false, reason: 'is the person’s id; leave it out' };
    case 'app':
    case 'log':
      return { ok: true, address: address === '' ? personId : address };
  }
};

const checkUrl = (address: string, allow: AllowedNetworks): AddressResult => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return { ok: false, reason: `"${address}" is not an http:// or https:// URL` };
  }
  const refused = refusedUrl(url, allow);
  return refused === null
    ? { ok: true, address }
    : { ok: false, reason: `${url.hostname} ${refused}; ${HOW_TO_ALLOW}` };
};
