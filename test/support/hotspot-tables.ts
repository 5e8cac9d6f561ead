/** Tables of hotspots in the shapes their makers publish, with invented places. */

export type Row = {
  lat?: number | string;
  lon?: number | string;
  at?: Date;
  scan?: number;
  track?: number;
  satellite?: string;
  confidence?: string;
  frp?: number | string;
};

const VIIRS_HEADER =
  'latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight';
const MODIS_HEADER =
  'latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,confidence,version,bright_t31,frp,daynight';

const dateOf = (at: Date): string => at.toISOString().slice(0, 10);
/** Without leading zeros, as the API writes it. */
const timeOf = (at: Date): string =>
  String(Number(at.toISOString().slice(11, 16).replace(':', '')));

const viirsRow = (row: Row): string => {
  const { lat = 26.71, lon = 113.27, at = new Date(), scan = 0.39, track = 0.36 } = row;
  const { satellite = 'N20', confidence = 'n', frp = 4.2 } = row;
  return `${lat},${lon},331.5,${scan},${track},${dateOf(at)},${timeOf(at)},${satellite},VIIRS,${confidence},2.0NRT,289.1,${frp},D`;
};

const modisRow = (row: Row): string => {
  const { lat = 26.71, lon = 113.27, at = new Date(), scan = 1.1, track = 1 } = row;
  const { satellite = 'A', confidence = '71', frp = 14.2 } = row;
  const time = timeOf(at).padStart(4, '0');
  return `${lat},${lon},312.4,${scan},${track},${dateOf(at)},${time},${satellite},${confidence},6.1NRT,291.3,${frp},D`;
};

export const viirsTable = (rows: readonly Row[]): string =>
  [VIIRS_HEADER, ...rows.map(viirsRow), ''].join('\n');

export const modisTable = (rows: readonly Row[]): string =>
  [MODIS_HEADER, ...rows.map(modisRow), ''].join('\n');

export const himawariTable = (
  rows: readonly (Pick<Row, 'lat' | 'lon' | 'at' | 'frp'> & { reliability?: number })[],
): string =>
  [
    '# Acquisition 2026-11-28 06:40 Processed 2026-11-28 07:02',
    '# ID,Year,Month,Day,Time,Lat,Lon,Area,Volcano,Level,Reliability,FRP,QF,HOT',
    ...rows.map(
      ({ lat = 26.71, lon = 113.27, at = new Date(), frp = 20.5, reliability = 3 }, i) => {
        const [year, month, day] = dateOf(at).split('-').map(Number);
        return `${i + 1},${year},${month},${day},${timeOf(at)},${lat},${lon},4.40,0,2,${reliability},${frp},0,1`;
      },
    ),
    '',
  ].join('\n');
