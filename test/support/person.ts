import type { AccessRole } from '../../src/shared/http.ts';
import type { TestService } from './service.ts';

type Given = { roles: readonly AccessRole[]; regionIds: readonly string[] };

/** Somebody who is reached by SMS: `phone` in international form. Resolves with the id. */
export const givenPerson = async (
  service: TestService,
  {
    phone,
    locale = 'zh-CN',
    ...person
  }: Given & { name: string; phone: string; locale?: 'zh-CN' | 'en' },
): Promise<string> => {
  const contacts = [{ channel: 'sms', address: phone, verified: true }];
  return (await service.given('people', { ...person, locale, contacts })).id;
};

/** Somebody who uses the console and hears of nothing. Resolves with the token of the login. */
export const givenLogin = async (
  service: TestService,
  { username, ...person }: Given & { username: string },
): Promise<string> => {
  const password = 'long enough';
  await service.given('people', { ...person, name: '王', contacts: [], username, password });
  return service.logIn(username, password);
};
