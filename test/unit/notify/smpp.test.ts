import { describe, expect, it } from 'vitest';
import { parseReceipt } from '../../../src/notify/channels/smpp-receipt.ts';
import { parseSmppUrl } from '../../../src/notify/channels/smpp-url.ts';

const pdu = (fields: Record<string, unknown>) => ({
  command: 'deliver_sm',
  command_status: 0,
  sequence_number: 1,
  isResponse: () => false,
  response: () => {
    throw new Error('not needed');
  },
  ...fields,
});

describe('parseReceipt', () => {
  it('reads the TLVs', () => {
    expect(
      parseReceipt(
        pdu({
          esm_class: 4,
          receipted_message_id: '0A1b',
          message_state: 2,
          source_addr: '8613800000001',
        }),
      ),
    ).toEqual({
      messageId: '0A1b',
      address: '8613800000001',
      event: 'delivered',
      detail: 'DELIVRD',
    });
  });

  it('reads our reference where the centre hands it back', () => {
    const fields = { esm_class: 4, receipted_message_id: '1', message_state: 2 };
    expect(parseReceipt(pdu({ ...fields, user_message_reference: 457 }))?.reference).toBe(457);
    expect(parseReceipt(pdu(fields))).not.toHaveProperty('reference');
  });

  it.each([
    ['DELIVRD', 'delivered'],
    ['UNDELIV', 'failed'],
    ['EXPIRED', 'failed'],
    ['REJECTD', 'failed'],
    ['DELETED', 'failed'],
    ['ENROUTE', 'pending'],
    ['ACCEPTD', 'pending'],
    ['UNKNOWN', 'pending'],
    ['delivrd', 'delivered'],
    ['DELIVERED', 'delivered'],
  ])('reads the text form with %s as %s', (state, event) => {
    const text = `id:1234 sub:001 dlvrd:001 submit date:2611021405 done date:2611021406 stat:${state} err:027 text:hi`;
    const receipt = parseReceipt(
      pdu({ esm_class: 4, source_addr: '+86 138', short_message: { message: text } }),
    );
    expect(receipt).toMatchObject({ messageId: '1234', address: '86138', event });
    expect(receipt?.detail).toMatch(/err:027$/);
  });

  it('knows a receipt by its text where the centre does not flag it', () => {
    const message = Buffer.from('id:77 stat:UNDELIV err:000');
    expect(parseReceipt(pdu({ esm_class: 0, short_message: message }))).toMatchObject({
      messageId: '77',
      event: 'failed',
      detail: 'UNDELIV',
    });
  });

  it('leaves a message that somebody wrote alone', () => {
    expect(parseReceipt(pdu({ esm_class: 0, short_message: { message: '1' } }))).toBeUndefined();
    expect(
      parseReceipt(pdu({ esm_class: 0, short_message: { message: 'id: my card' } })),
    ).toBeUndefined();
  });
});

describe('parseSmppUrl', () => {
  it('has a default for everything but the address and the login', () => {
    expect(parseSmppUrl('smpp://us%40er:p%3Ass@sms.example.org')).toEqual({
      host: 'sms.example.org',
      port: 2775,
      tls: false,
      systemId: 'us@er',
      password: 'p:ss',
      systemType: '',
      source: '',
      sourceTon: 0,
      sourceNpi: 1,
      destTon: 1,
      destNpi: 1,
      window: 10,
      alphabet: 'gsm7',
    });
    expect(parseSmppUrl('smpps://u:p@[::1]?source=FIRE&window=50')).toMatchObject({
      host: '::1',
      port: 3550,
      tls: true,
      sourceTon: 5,
      sourceNpi: 0,
      window: 50,
    });
  });

  it.each([
    ['http://u:secret@host', 'not a URL of the form'],
    ['smpp://u:secret@host?window=0', 'window="0" is not a number from 1 to 1000'],
    ['smpp://u:secret@host?alphabet=gbk', 'alphabet="gbk" is neither gsm7 nor ucs2'],
    ['smpp://u:secret@host?windw=5', 'unknown option "windw"'],
    ['smpp://u:sec%ret@host', 'percent-encoded'],
  ])('says what is wrong with %s, without the password', (url, reason) => {
    expect(() => parseSmppUrl(url)).toThrow(reason);
    expect(() => parseSmppUrl(url)).not.toThrow(/sec/);
  });
});
