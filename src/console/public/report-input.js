/** Where two numbers stand in what somebody typed or pasted: `113.2692, 26.7091`, either order, any comma. */
const NUMBERS = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*[,，、;；\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*$/;

/**
 * `{lon, lat}` in degrees; undefined for what is none. In China a longitude is above 73 and a latitude below 54, so the
 * order, which every map has its own, need not be known.
 */
export const readCoordinates = (text) => {
  const found = NUMBERS.exec(text.normalize('NFKC'));
  if (found === null) return undefined;
  const [first, second] = [Number(found[1]), Number(found[2])];
  const [lon, lat] =
    Math.abs(first) < 60 && Math.abs(second) > 60 ? [second, first] : [first, second];
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : undefined;
};

/** The regions whose path has all the words in it, the shortest path first; at most `limit`. */
export const matchPlaces = (places, text, limit) => {
  const words = text.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return places
    .filter(({ path }) =>
      words.every((word) => path.toLowerCase().replaceAll(' ', '').includes(word)),
    )
    .toSorted((a, b) => a.path.length - b.path.length)
    .slice(0, limit);
};

/** A version 4 UUID, also where the page came without HTTPS and `crypto.randomUUID` is not there. */
export const newReportId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};
