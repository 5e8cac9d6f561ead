import { describe, expect, it } from 'vitest';
import { readSendSms } from '../../../src/notify/channels/aliyun-result.ts';
import { readMailError } from '../../../src/notify/channels/smtp-error.ts';

const answered = (status = 200) => ({
  kind: 'answered' as const,
  status,
  body: '',
  retryAfterMs: undefined,
});
const sendSms = (Code: string | undefined, Message = '', status = 200) =>
  readSendSms(answered(status), Code === undefined ? undefined : { Code, Message });

describe('readSendSms', () => {
  it('asks for a pause of the whole provider only where the account sends too fast', () => {
    expect(sendSms('Throttling.User', '', 400)).toMatchObject({
      result: { kind: 'failed', permanent: false, retryAfterMs: 1_000 },
      trouble: null,
    });
    for (const [message, permanent] of [
      ['触发分钟级流控Permits:1', false],
      ['触发小时级流控Permits:5', true],
    ] as const) {
      const outcome = sendSms('isv.BUSINESS_LIMIT_CONTROL', message);
      expect(outcome).toMatchObject({ result: { kind: 'failed', permanent }, trouble: null });
      expect(outcome).not.toHaveProperty('result.retryAfterMs');
    }
    expect(sendSms('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:10').kind).toBe('day_limit');
  });

  it.each([
    ['isv.AMOUNT_NOT_ENOUGH', 200],
    ['isv.OUT_OF_SERVICE', 200],
    ['isv.SMS_SIGNATURE_ILLEGAL', 200],
    ['InvalidAccessKeyId.NotFound', 404],
    ['isp.RAM_PERMISSION_DENY', 200],
    ['isp.SYSTEM_ERROR', 500],
  ])('takes %s for the provider’s trouble and tries again', (code, status) => {
    expect(sendSms(code, 'why', status)).toEqual({
      kind: 'result',
      result: { kind: 'failed', permanent: false, reason: `${code} why` },
      trouble: `${code} why`,
    });
  });

  it.each(['isv.MOBILE_NUMBER_ILLEGAL', 'isv.PARAM_NOT_SUPPORT_URL', 'isv.SMS_CONTENT_ILLEGAL'])(
    'takes %s for final',
    (code) => {
      expect(sendSms(code)).toMatchObject({
        result: { kind: 'failed', permanent: true },
        trouble: null,
      });
    },
  );

  it('does not know what became of it where something else than the API answers', () => {
    expect(sendSms(undefined, '', 502)).toMatchObject({ result: { kind: 'unknown' } });
    expect(sendSms(undefined, '', 200)).toMatchObject({ result: { kind: 'unknown' } });
    expect(sendSms(undefined, '', 503)).toMatchObject({ result: { kind: 'failed' } });
  });
});

describe('readMailError', () => {
  const read = (fields: Record<string, unknown>) =>
    readMailError(Object.assign(new Error('why'), fields));

  it.each([
    [{ responseCode: 421, command: 'MAIL FROM' }, { retryAfterMs: 5_000 }, null],
    [{ responseCode: 450, command: 'RCPT TO' }, { permanent: false }, null],
    [{ responseCode: 550, command: 'RCPT TO' }, { permanent: true }, null],
    [{ responseCode: 554, command: 'DATA' }, { permanent: true }, null],
    [{ responseCode: 550, command: 'MAIL FROM' }, { permanent: false }, 'why'],
    [{ responseCode: 535, command: 'AUTH PLAIN', code: 'EAUTH' }, { permanent: false }, 'why'],
    [{ code: 'EENVELOPE' }, { permanent: true }, null],
    [{ code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' }, { permanent: false }, 'why'],
    [{ code: 'ESOCKET', syscall: 'connect' }, { permanent: false }, 'why'],
  ])('reads %j as failed', (fields, wanted, trouble) => {
    expect(read(fields)).toEqual({
      result: { kind: 'failed', permanent: false, reason: 'why', ...wanted },
      trouble,
    });
  });

  it.each([
    { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' },
    { code: 'ECONNECTION' },
    { code: 'ESOCKET', syscall: 'read' },
  ])('does not know what became of it after %j', (fields) => {
    expect(read(fields)).toMatchObject({ result: { kind: 'unknown' }, trouble: 'why' });
  });
});
