/** A rectangle along meridians and parallels as GeoJSON, degrees. */
export const box = (west: number, south: number, east: number, north: number) => {
  const ring: [lon: number, lat: number][] = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: 'Polygon' as const, coordinates: [ring] };
};
