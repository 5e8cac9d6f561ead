import type { Template } from './template.ts';

export const en: Template = {
  sentence: ({ number, kind, level, upgrade, place, source, time, lonLat, radius }) =>
    `${upgrade ? 'UPGRADED fire' : level === 'strong' ? 'Fire' : 'Possible fire'} ${number}: ${kind} at ${place}, ${time}, by ${source}. lon,lat ${lonLat} (WGS-84) +/-${radius}.`,
  joinPlace: (names) => names.join(' '),
  nowhere: 'home area',
  metres: (value) => `${value} m`,
  kilometres: (value) => `${value} km`,
  repeatMark: 'REPEAT: ',
};
