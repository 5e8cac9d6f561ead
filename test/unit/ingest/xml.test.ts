import { describe, expect, it } from 'vitest';
import { parseXmlPayload } from '../../../src/ingest/xml.ts';

const parse = (text: string) => parseXmlPayload(Buffer.from(text));

describe('parseXmlPayload', () => {
  it('reads names without namespaces, texts, and a list where a name repeats', () => {
    const xml =
      '\r\n<?xml version="1.0"?><a:Alert xmlns:a="u" v="2"><x> 1 </x><b:r xmlns:b="w"><y/></b:r><z>1</z><z>2</z></a:Alert>';
    expect(parse(xml)).toEqual({
      kind: 'parsed',
      root: 'Alert',
      value: { x: '1', r: { y: '' }, z: ['1', '2'] },
    });
  });

  it('reads the five entities, characters by number and CDATA', () => {
    expect(parse('<a>&lt;&amp;&#28895;<![CDATA[<b>]]></a>')).toMatchObject({ value: '<&烟<b>' });
  });

  it('reads GB18030 whatever the declaration says', () => {
    const bytes = Buffer.concat([
      Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a>'),
      Buffer.from('d1ccbbf0', 'hex'),
      Buffer.from('</a>'),
    ]);
    expect(parseXmlPayload(bytes)).toMatchObject({ value: '烟火' });
  });

  it.each([
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    [
      'a billion laughs',
      '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;&m;&m;</a>',
    ],
    ['an external document type', '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>'],
    ['an entity nobody declared', '<a>&x;</a>'],
    ['an element that is not closed', '<a><b></a>'],
    ['a second root', '<a/><b/>'],
    ['nothing', ''],
    ['no element', '<?xml version="1.0"?>'],
    ['33 levels', `${'<a>'.repeat(33)}${'</a>'.repeat(33)}`],
    ['5,001 elements', `<a>${'<b/>'.repeat(5_000)}</a>`],
  ])('refuses %s', (_name, xml) => {
    expect(parse(xml)).toMatchObject({ kind: 'rejected', code: 'invalid_xml' });
  });

  it('refuses what is too large before it reads it', () => {
    expect(parse(`<a>${'x'.repeat(262_144)}</a>`)).toMatchObject({ code: 'too_large' });
  });

  it('keeps an element called __proto__ to itself', () => {
    const parsed = parse('<a><__proto__><polluted>1</polluted></__proto__></a>');
    expect(parsed.kind).toBe('parsed');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
