import Type from 'typebox';

const RAD = Math.PI / 180;

/** Horizontal field of view, degrees. */
export const HfovSchema = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 180 });
/** Optical zoom factor; 1 = wide end. */
export const ZoomSchema = Type.Number({ minimum: 1, maximum: 1000 });

/** `[zoom, hfovDeg]` pairs of a lens, from the wide end on: zoom rises, the field of view shrinks. */
export const HfovByZoomSchema = Type.Array(Type.Tuple([ZoomSchema, HfovSchema]), {
  minItems: 1,
  maxItems: 200,
});
export type HfovByZoom = Type.Static<typeof HfovByZoomSchema>;

/** What is known of a lens. `hfovDeg` is that of the wide end; null = not registered. */
export type Lens = { hfovDeg: number | null; hfovByZoom: HfovByZoom | null };

/**
 * Horizontal field of view in degrees at optical zoom factor `zoom` (≥ 1, 1 = wide end); null when nothing is
 * known of the lens. A table wins: between its entries log focal length is linear in log zoom, beyond its ends
 * the focal length goes on in proportion to zoom. Without one, 2·atan(tan(HFOV/2)/zoom).
 */
export const hfovAtZoom = ({ hfovDeg, hfovByZoom }: Lens, zoom: number): number | null => {
  const entries = hfovByZoom !== null && hfovByZoom.length > 0 ? hfovByZoom : wideEndAlone(hfovDeg);
  const above = entries.findIndex(([z]) => z >= zoom);
  const upper = entries[above === -1 ? entries.length - 1 : above];
  if (upper === undefined) return null;
  const lower = above > 0 ? entries[above - 1] : undefined;
  // Of a thin lens the focal length is proportional to zoom: slope 1 in the logarithms.
  const slope =
    lower === undefined
      ? 1
      : (logFocal(upper[1]) - logFocal(lower[1])) / Math.log(upper[0] / lower[0]);
  return hfovOf(logFocal(upper[1]) + slope * Math.log(zoom / upper[0]));
};

/** Whether zoom rises and the field of view shrinks from each entry to the next. */
export const isRisingZoom = (table: HfovByZoom): boolean =>
  table.every(([zoom, hfovDeg], i) => {
    const before = table[i - 1];
    return before === undefined || (zoom > before[0] && hfovDeg < before[1]);
  });

const wideEndAlone = (hfovDeg: number | null): HfovByZoom =>
  hfovDeg === null ? [] : [[1, hfovDeg]];

/** Logarithm of the focal length in half frame widths. */
const logFocal = (hfovDeg: number): number => -Math.log(Math.tan((hfovDeg / 2) * RAD));

const hfovOf = (log: number): number => (2 * Math.atan(Math.exp(-log))) / RAD;
