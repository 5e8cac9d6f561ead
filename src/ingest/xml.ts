import { isUtf8 } from 'node:buffer';
import { SaxesParser } from 'saxes';
import { errorMessage } from '../shared/app-error.ts';
import { type Rejected, rejected } from './decoded.ts';
import { MAX_PAYLOAD_BYTES, tooLarge } from './payload.ts';

/** Deeper than any alarm of a camera; each level costs stack when the result is walked. */
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 5_000;

/** Text of an element without children; else its children by local name, a list where a name repeats. */
export type XmlValue = string | XmlRecord;
export type XmlRecord = { [name: string]: XmlValue | XmlValue[] };

export type ParsedXml = { kind: 'parsed'; root: string; value: XmlValue } | Rejected;

/**
 * Bytes to a tree of texts. Namespaces and attributes are dropped: no alarm of a camera says anything by them. UTF-8 or
 * GB18030 (which contains GBK and GB2312), whatever the declaration says: it is often wrong.
 *
 * A document type is refused, and with it every entity but the five of XML and characters by number; nothing outside
 * the bytes is ever read. Sizes are bounded: bytes, depth, number of elements.
 */
export const parseXmlPayload = (payload: Buffer): ParsedXml => {
  if (payload.length > MAX_PAYLOAD_BYTES) return tooLarge(payload.length);
  const text = decodeText(payload);
  if (text === undefined) return rejected('invalid_utf8', 'payload is neither UTF-8 nor GB18030');
  try {
    return readTree(text);
  } catch (error) {
    return rejected('invalid_xml', `payload is not XML that is read: ${errorMessage(error)}`);
  }
};

/** UTF-8 first: Chinese text in GB18030 is next to never valid UTF-8. */
const decodeText = (bytes: Buffer): string | undefined => {
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

type Open = { name: string; text: string; children: Map<string, XmlValue[]> };

const readTree = (text: string): ParsedXml => {
  const parser = new SaxesParser();
  const path: Open[] = [];
  let elements = 0;
  let root: { name: string; value: XmlValue } | undefined;
  const addText = (more: string): void => {
    const current = path.at(-1);
    if (current !== undefined) current.text += more;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type is not taken');
  });
  parser.on('opentag', ({ name }) => {
    elements += 1;
    if (path.length >= MAX_DEPTH) throw new Error(`more than ${String(MAX_DEPTH)} levels`);
    if (elements > MAX_ELEMENTS) throw new Error(`more than ${String(MAX_ELEMENTS)} elements`);
    path.push({ name: localName(name), text: '', children: new Map() });
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = path.pop();
    if (closed === undefined) return;
    const value = valueOf(closed);
    const parent = path.at(-1);
    if (parent === undefined) root = { name: closed.name, value };
    else addChild(parent.children, closed.name, value);
  });
  // Some firmware begins with an empty line, which may not stand before the declaration.
  parser.write(text.trimStart()).close();
  if (root === undefined) throw new Error('it has no element');
  return { kind: 'parsed', root: root.name, value: root.value };
};

const addChild = (children: Open['children'], name: string, value: XmlValue): void => {
  const same = children.get(name);
  if (same === undefined) children.set(name, [value]);
  else same.push(value);
};

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const valueOf = ({ text, children }: Open): XmlValue =>
  children.size === 0
    ? text.trim()
    : Object.fromEntries(
        [...children].map(([name, values]): [string, XmlValue | XmlValue[]] => {
          const [only] = values;
          return [name, values.length === 1 && only !== undefined ? only : values];
        }),
      );
