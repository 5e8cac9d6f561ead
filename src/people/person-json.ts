import type { User } from '../shared/http.ts';
import { maskAddress, seesAddresses } from './mask-address.ts';
import type { Contact, Person } from './person.ts';
import { hideSecret } from './robot-address.ts';
import { contactWarningsOf, usableContacts } from './usable-contacts.ts';

const contactJson = (
  { id, channel, address, verified, disabledAt, disabledReason }: Contact,
  open: boolean,
) => ({
  id,
  channel,
  address: open ? hideSecret(channel, address) : maskAddress(channel, address),
  verified,
  ...(disabledAt === null ? {} : { disabledAt: disabledAt.toISOString() }),
  ...(disabledReason === undefined ? {} : { disabledReason }),
});

/** As JSON, addresses masked for those who do not command. A person sees his or her own in full. */
export const personJson = (person: Person, user: User) => {
  const open = seesAddresses(user.roles) || user.personId === person.id;
  return {
    ...person,
    createdAt: person.createdAt.toISOString(),
    reachable: usableContacts(person.contacts).length > 0,
    warnings: contactWarningsOf(person),
    contacts: person.contacts.map((contact) => contactJson(contact, open)),
  };
};
