/** GSM 03.38 default alphabet, in order of its values 0x00 to 0x7F; 0x1B is the escape to the extension table. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const ESCAPE = 0x1b;
/** Extension table: each takes two septets, the escape and this value. */
const EXTENSION: readonly (readonly [number, string])[] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
];

const SEPTETS = new Map<string, readonly number[]>([
  ...Array.from(BASIC, (char, value) => [char, [value]] as const),
  ...EXTENSION.map(([value, char]) => [char, [ESCAPE, value]] as const),
]);
// The escape is not a character anybody can send.
SEPTETS.delete('\u001b');
const EXTENDED = new Map(EXTENSION);

/**
 * The septets of each character, unpacked: one octet a septet, as SMPP carries them. Undefined when a character is in
 * neither the default alphabet nor its extension table.
 */
export const encodeGsm7 = (text: string): (readonly number[])[] | undefined => {
  const characters: (readonly number[])[] = [];
  for (const char of text) {
    const septets = SEPTETS.get(char);
    if (septets === undefined) return undefined;
    characters.push(septets);
  }
  return characters;
};

/** The text of unpacked septets. An escape to nothing known shows the character of the default alphabet, as 03.38 says. */
export const decodeGsm7 = (octets: Uint8Array): string => {
  let text = '';
  let escaped = false;
  for (const octet of octets) {
    const value = octet & 0x7f;
    if (value === ESCAPE && !escaped) {
      escaped = true;
      continue;
    }
    text += (escaped ? EXTENDED.get(value) : undefined) ?? BASIC[value] ?? '';
    escaped = false;
  }
  return text;
};
