/** "3 分钟前". A clock that is a little behind the server's must not show the future. */
export const age = (iso, now, texts) => {
  const minutes = Math.max(0, Math.floor((now - Date.parse(iso)) / 60_000));
  if (minutes < 1) return texts.now;
  if (minutes < 60) return texts.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? texts.hours(hours) : texts.days(Math.floor(hours / 24));
};

export const clockTime = (iso, language) =>
  new Date(iso).toLocaleString(language, {
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });

/** `18:30`, with the day when it is another: `11-25 18:30`. */
export const untilTime = (iso, now, language) => {
  const at = new Date(iso);
  const sameDay = at.toDateString() === new Date(now).toDateString();
  const day = sameDay ? {} : { month: '2-digit', day: '2-digit' };
  const options = { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return at.toLocaleString(language, options);
};

/** Longitude first, as in the SMS and as Chinese map apps take it; 5 decimals are about a metre. */
export const position = ({ lon, lat }) => `${lon.toFixed(5)},${lat.toFixed(5)}`;

export const distance = (m) =>
  m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(m < 10_000 ? 1 : 0)} km`;

/** "±120 m", or both half-axes when the ellipse is long and thin. */
export const error = ({ semiMajorM, semiMinorM }) =>
  semiMajorM > 3 * semiMinorM
    ? `±${distance(semiMajorM)} × ${distance(semiMinorM)}`
    : `±${distance(semiMajorM)}`;

/** Ratio of odds: `×20`, `×0.05`. */
export const ratio = (value) => `×${Number(value.toPrecision(2))}`;

export const compass = (azimuthDeg, names) => names[Math.round(azimuthDeg / 45) % 8];

/** Never "100%" nor "0%": no source is that sure. */
export const percent = (fraction) => {
  if (fraction >= 0.995) return '>99%';
  return fraction < 0.005 ? '<1%' : `${Math.round(fraction * 100)}%`;
};

/** Metres and azimuth from one place to another, on a sphere: for words and sketches, not for walking. */
export const offset = (from, to) => {
  const east = (to.lon - from.lon) * 111_320 * Math.cos((from.lat * Math.PI) / 180);
  const north = (to.lat - from.lat) * 110_574;
  return {
    east,
    north,
    distanceM: Math.hypot(east, north),
    azimuthDeg: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360,
  };
};
