import { confirmCode, listPhoneContacts, type OwnedContact } from '../../people/index.ts';
import { actOnConsent } from './act-on-consent.ts';
import { actOnReply, type ReplyDeps } from './act-on-reply.ts';
import { closeInbound, type Inbound } from './inbound-store.ts';
import { parseCode, parseConsent } from './parse-consent.ts';
import { nearestNumbers, phoneDigits } from './parse-reply.ts';

/** Does what an SMS says: STOP or START, a code that was sent to the number, or the answer to an alert. */
export const actOnInbound = async (deps: ReplyDeps, inbound: Inbound): Promise<void> => {
  const word = parseConsent(inbound.text);
  const code = parseCode(inbound.text);
  if (word === null && code === null) return actOnReply(deps, inbound);
  const [first, ...rest] = await readContacts(deps, inbound.sender);
  if (first === undefined) return actOnReply(deps, inbound);
  if (word !== null) return actOnConsent(deps, inbound, { word, contacts: [first, ...rest] });
  if (code === null || !(await actOnCode(deps, inbound, { code, contacts: [first, ...rest] }))) {
    await actOnReply(deps, inbound);
  }
};

const readContacts = async ({ pool }: ReplyDeps, sender: string): Promise<OwnedContact[]> => {
  const found = await listPhoneContacts(pool, phoneDigits(sender).slice(-8));
  return nearestNumbers(
    sender,
    found.filter(({ channel }) => channel === 'sms'),
  );
};

/** False when no code is open for the number. */
const actOnCode = async (
  deps: ReplyDeps,
  inbound: Inbound,
  { code, contacts }: { code: string; contacts: readonly OwnedContact[] },
): Promise<boolean> => {
  for (const { id, personId } of contacts) {
    const result = await confirmCode(deps, id, code);
    if (result === 'none') continue;
    const outcome = result === 'verified' ? 'verified a contact' : `code: ${result}`;
    const done = { outcome, personId, incidentId: null, now: deps.clock.now() };
    if (!(await closeInbound(deps.pool, inbound.id, done))) return true;
    deps.logger.info({ personId, contactId: id, outcome }, 'SMS reply');
    deps.onReply(outcome);
    return true;
  }
  return false;
};
