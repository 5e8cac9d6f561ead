const LEVELS = ['none', 'review', 'strong'];

export const isAlerted = ({ alertLevel }) => LEVELS.indexOf(alertLevel) > 0;

/** Somebody has to take it: alerted, and nobody has acknowledged. */
export const isWaiting = (incident) => incident.status === 'reported' && isAlerted(incident);

/**
 * Whether an incident is news that must be heard: it is alerted at a level higher than the one heard before. `heard` is
 * that level; undefined for an incident this page learns of only now, which rings only while nobody has taken it.
 */
export const isNews = (incident, heard) => {
  if (LEVELS.indexOf(incident.alertLevel) <= LEVELS.indexOf(heard ?? 'none')) return false;
  return (
    incident.status === 'reported' || (incident.status === 'acknowledged' && heard !== undefined)
  );
};
