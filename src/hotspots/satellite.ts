export type Sensor = 'viirs' | 'modis' | 'himawari';

/** `id` is that of the device its hotspots are detections of. */
export type Satellite = { id: string; name: string; sensor: Sensor };

type Known = { written: RegExp; id: string; name: string };

/** As the API, the daily files and the archive write them. */
const KNOWN: Readonly<Record<'viirs' | 'modis', readonly Known[]>> = {
  modis: [
    { written: /^(t|terra)$/i, id: 'terra', name: 'Terra' },
    { written: /^(a|aqua)$/i, id: 'aqua', name: 'Aqua' },
  ],
  viirs: [
    { written: /^(n|npp|s-?npp|suomi.?npp)$/i, id: 'snpp', name: 'S-NPP' },
    { written: /^(1|n20|j1|noaa-?20)$/i, id: 'noaa20', name: 'NOAA-20' },
    { written: /^(2|n21|j2|noaa-?21)$/i, id: 'noaa21', name: 'NOAA-21' },
  ],
};

/** Whose hotspots a row of FIRMS shows; one launched since is taken under the name it has there. */
export const firmsSatellite = (sensor: 'viirs' | 'modis', text: string): Satellite => {
  const known = KNOWN[sensor].find(({ written }) => written.test(text));
  const { id, name } = known ?? { id: slug(text), name: text.slice(0, 40) || '?' };
  return { id: `firms-${sensor}-${id}`, name: `${sensor.toUpperCase()} ${name}`, sensor };
};

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 32) || 'unknown';

export const HIMAWARI: Satellite = { id: 'himawari', name: 'Himawari 葵花', sensor: 'himawari' };
