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

/** Longitude first, as in the SMS and as Chinese map apps take it; 5 decimals are about a metre. */
export const position = ({ lon, lat }) => `${lon.toFixed(5)},${lat.toFixed(5)}`;

export const distance = (m) =>
  m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(m < 10_000 ? 1 : 0)} km`;

/** "±120 m", or both half-axes when the ellipse is long and thin. */
export const error = ({ semiMajorM, semiMinorM }) =>
  semiMajorM > 3 * semiMinorM
    ? `±${distance(semiMajorM)} × ${distance(semiMinorM)}`
    : `±${distance(semiMajorM)}`;

export const compass = (azimuthDeg, names) => names[Math.round(azimuthDeg / 45) % 8];

export const percent = (fraction) => `${Math.round(fraction * 100)}%`;
