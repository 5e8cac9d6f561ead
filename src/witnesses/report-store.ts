import type { Queryable } from '../shared/db.ts';
import { toSafeText } from '../shared/safe-json.ts';
import type { WitnessReport } from './witness-report.ts';

/** Keeps a report; the same again adds only the photo it came without. */
export const insertReport = async (db: Queryable, report: WitnessReport): Promise<void> => {
  await db.query(
    `insert into witness_report (id, detection_id, source, said, phone, person_id, region_id, image_id, observed_at,
       received_at, entered_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (id) do update set image_id = coalesce(witness_report.image_id, excluded.image_id)`,
    [
      report.id,
      report.detectionId,
      report.source,
      toSafeText(report.said),
      report.phone === null ? null : toSafeText(report.phone),
      report.personId,
      report.regionId,
      report.imageId,
      report.observedAt,
      report.receivedAt,
      report.enteredBy,
    ],
  );
};

export type NamedReport = WitnessReport & { personName: string | null };

/** Those whose detections are in an incident now, oldest first. */
export const listReports = async (db: Queryable, incidentId: string): Promise<NamedReport[]> => {
  const { rows } = await db.query<NamedReport>(
    `select r.id, r.detection_id as "detectionId", r.source, r.said, r.phone, r.person_id as "personId",
       p.name as "personName", r.region_id as "regionId", r.image_id as "imageId", r.observed_at as "observedAt",
       r.received_at as "receivedAt", r.entered_by as "enteredBy"
     from witness_report r join detection d on d.id = r.detection_id left join person p on p.id = r.person_id
     where d.incident_id = $1 order by r.received_at, r.id limit 500`,
    [incidentId],
  );
  return rows;
};
