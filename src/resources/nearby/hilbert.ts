const ORDER = 16;

/** Distance along a Hilbert curve of order 16 for x, y in [0, 1]: things near on the curve are near on the map. */
export const hilbert = (x: number, y: number): number => {
  const side = 1 << ORDER;
  let px = Math.min(side - 1, Math.max(0, Math.floor(x * side)));
  let py = Math.min(side - 1, Math.max(0, Math.floor(y * side)));
  let distance = 0;
  for (let s = side / 2; s >= 1; s /= 2) {
    const rx = (px & s) > 0 ? 1 : 0;
    const ry = (py & s) > 0 ? 1 : 0;
    distance += s * s * ((3 * rx) ^ ry);
    if (ry === 0) {
      if (rx === 1) {
        px = side - 1 - px;
        py = side - 1 - py;
      }
      [px, py] = [py, px];
    }
  }
  return distance;
};
