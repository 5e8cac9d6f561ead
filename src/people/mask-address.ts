import type { AccessRole } from '../shared/http.ts';

const SEES_ADDRESSES: readonly AccessRole[] = ['duty_officer', 'dispatcher', 'admin'];

/** Phone numbers are personal data: those who command see them, viewers and drone operators do not. */
export const seesAddresses = (roles: readonly AccessRole[]): boolean =>
  roles.some((role) => SEES_ADDRESSES.includes(role));

/** `+86138****5678`, `l***@example.org`, `https://example.org/…`: enough to recognise, not to use. */
export const maskAddress = (channel: string, address: string): string => {
  switch (channel) {
    case 'sms':
    case 'voice':
      return address.length > 8 ? `${address.slice(0, -8)}****${address.slice(-4)}` : '****';
    case 'email':
      return `${address.slice(0, 1)}***${address.slice(Math.max(address.indexOf('@'), 0))}`;
    case 'webhook':
    case 'wecom':
    case 'dingtalk':
    case 'feishu':
      return URL.canParse(address) ? `${new URL(address).origin}/…` : '…';
    default:
      return address;
  }
};
