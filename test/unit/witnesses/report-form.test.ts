import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileSchema } from '../../../src/shared/schema.ts';
import { readForm } from '../../../src/witnesses/report-form.ts';
import { type ReportBody, ReportBodySchema } from '../../../src/witnesses/witness-report.ts';

const BOUNDARY = 'x-boundary';
const CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const form = (fields: readonly (readonly [name: string, value: string | Buffer])[]): Buffer =>
  Buffer.concat([
    ...fields.flatMap(([name, value]) => [
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
const check = compileSchema(ReportBodySchema);
const isPlace = ({ lon = 0, lat = 0 }: ReportBody): boolean =>
  Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

it('a form is a report: numbers, what was left empty, the photo as it is', () => {
  const photo = Buffer.from([0xff, 0xd8, 0xff, 0x0d, 0x0a, 0]);
  const fields = readForm(
    CONTENT_TYPE,
    form([
      ['source', 'ranger'],
      ['text', '  浓烟，看不见火  '],
      ['lon', '113.27'],
      ['lat', ''],
      ['phone', '13800000001'],
      ['photo', photo],
    ]),
  );
  expect(fields).toEqual({
    source: 'ranger',
    text: '浓烟，看不见火',
    lon: 113.27,
    phone: '13800000001',
    photo,
  });
  expect(readForm(CONTENT_TYPE, form([['photo', '']]))).toEqual({});
  expect(readForm('multipart/form-data', Buffer.from('x'))).toBeNull();
  expect(check({ ...fields, lon: 'east' }).ok).toBe(false);
});

it('whatever is in a form is read or refused, never thrown', () => {
  const field = fc.tuple(
    fc.constantFrom(
      'source',
      'lon',
      'lat',
      'text',
      'photo',
      'id',
      '__proto__',
      'constructor',
      'new',
    ),
    fc.oneof(
      fc.constantFrom('', '0', '1e9', 'NaN', '-181', 'caller'),
      fc.string({ maxLength: 30 }),
    ),
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 12 }), fc.nat(400), (fields, cut) => {
      const whole = form(fields);
      return [whole, whole.subarray(0, cut)].every((bytes) => {
        const read = readForm(CONTENT_TYPE, bytes);
        if (read === null) return true;
        const checked = check(read);
        return checked.ok ? isPlace(checked.value) : checked.errors.length > 0;
      });
    }),
    { seed: 12119, numRuns: 1000 },
  );
});
