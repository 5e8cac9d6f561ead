import { firmsColumns, readFirms } from './firms.ts';
import { readHimawari } from './himawari.ts';
import type { ReadHotspots } from './hotspot.ts';
import { tableRows } from './table.ts';

export type HotspotTable =
  | ({ kind: 'read' } & ReadHotspots)
  /** It is no table of hotspots: a message of the server, a page to log in. `reason` begins with what it says. */
  | { kind: 'unreadable'; reason: string };

const SHOWN_CHARACTERS = 160;

/** The hotspots of a table of FIRMS or Himawari; which it is, its header says. Pure, never throws. */
export const readHotspots = (text: string): HotspotTable => {
  const rows = tableRows(text);
  const [header, ...body] = rows;
  if (header === undefined) return { kind: 'unreadable', reason: 'it is empty' };
  // Himawari's header lines are comments, and two; a table without hotspots still has them.
  if (header.text.startsWith('#')) return { kind: 'read', ...readHimawari(rows) };
  const columns = firmsColumns(header.cells);
  if (columns !== null) return { kind: 'read', ...readFirms(body, columns) };
  return {
    kind: 'unreadable',
    reason: `"${header.text.slice(0, SHOWN_CHARACTERS)}" is no header of FIRMS (VIIRS, MODIS) or Himawari L2WLF`,
  };
};
