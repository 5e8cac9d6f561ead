import smpp from 'smpp';

const NAMES = new Map(Object.entries(smpp.errors).map(([name, status]) => [status, name]));

/** `ESME_RTHROTTLED`, or the number of a status the standard does not name. */
export const commandStatusName = (status: number): string =>
  NAMES.get(status) ?? `status 0x${status.toString(16)}`;

const statuses = (...names: string[]): ReadonlySet<number> =>
  new Set(names.flatMap((name) => smpp.errors[name] ?? []));

/** The centre asks for a pause; nothing is wrong with the message. */
const BUSY = statuses('ESME_RTHROTTLED', 'ESME_RMSGQFUL');
/** This message to this number will never be taken. Everything else may be the carrier's trouble and is tried again. */
const HOPELESS = statuses(
  'ESME_RINVDSTADR',
  'ESME_RINVDSTTON',
  'ESME_RINVDSTNPI',
  'ESME_RINVMSGLEN',
  'ESME_RINVDCS',
);

/** The centre takes no optional parameter, or not ours. */
const PARAMETER = statuses('ESME_RINVTLVSTREAM', 'ESME_RTLVNOTALLWD', 'ESME_RINVTLVVAL');

export const isBusy = (status: number): boolean => BUSY.has(status);
export const isHopeless = (status: number): boolean => HOPELESS.has(status);
export const refusesParameter = (status: number): boolean => PARAMETER.has(status);
