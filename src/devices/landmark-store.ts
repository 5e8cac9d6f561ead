import { LANDMARKS_FOR_SIGMA } from '../locate/index.ts';
import type { Queryable } from '../shared/db.ts';
import { toJsonb, toSafeText } from '../shared/safe-json.ts';
import type { Calibration, StoredLandmark } from './landmark.ts';

type LandmarkRow = {
  id: string;
  name: string;
  pan_deg: number;
  tilt_deg: number;
  hfov_deg: number | null;
  zoom: number | null;
  width_px: number;
  height_px: number;
  u_px: number;
  v_px: number;
  lon: number;
  lat: number;
  height_m: number | null;
  created_at: Date;
};

const toLandmark = (row: LandmarkRow): StoredLandmark => ({
  id: row.id,
  name: row.name,
  frame: {
    panDeg: row.pan_deg,
    tiltDeg: row.tilt_deg,
    hfovDeg: row.hfov_deg,
    zoom: row.zoom,
    widthPx: row.width_px,
    heightPx: row.height_px,
  },
  px: [row.u_px, row.v_px],
  lon: row.lon,
  lat: row.lat,
  heightM: row.height_m,
  createdAt: row.created_at,
});

/** By name. */
export const listLandmarks = async (db: Queryable, deviceId: string): Promise<StoredLandmark[]> => {
  const { rows } = await db.query<LandmarkRow>(
    `select id, name, pan_deg, tilt_deg, hfov_deg, zoom, width_px, height_px, u_px, v_px, lon, lat, height_m, created_at
       from device_landmark where device_id = $1 order by name`,
    [deviceId],
  );
  return rows.map(toLandmark);
};

/** What the device has afterwards are exactly these. */
export const replaceLandmarks = async (
  db: Queryable,
  deviceId: string,
  landmarks: readonly StoredLandmark[],
): Promise<void> => {
  await db.query(`delete from device_landmark where device_id = $1`, [deviceId]);
  for (const { id, name, frame, px, lon, lat, heightM, createdAt } of landmarks) {
    await db.query(
      `insert into device_landmark (id, device_id, name, pan_deg, tilt_deg, hfov_deg, zoom, width_px, height_px,
         u_px, v_px, lon, lat, height_m, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        id,
        deviceId,
        toSafeText(name),
        frame.panDeg,
        frame.tiltDeg,
        frame.hfovDeg,
        frame.zoom,
        frame.widthPx,
        frame.heightPx,
        px[0],
        px[1],
        lon,
        lat,
        heightM,
        createdAt,
      ],
    );
  }
};

/**
 * The device's mounting is that of `calibration` from now on. A σ it does not give goes with the calibration it
 * came from; one that was registered by hand stays.
 */
export const saveCalibration = async (
  db: Queryable,
  deviceId: string,
  { calibration, at }: { calibration: Calibration; at: Date },
): Promise<void> => {
  await db.query(
    `update device set azimuth_offset_deg = $2, tilt_offset_deg = $3, focal_scale = $4,
       azimuth_sigma_deg = coalesce($5, case when landmark_count < $10 then azimuth_sigma_deg end),
       elevation_sigma_deg = coalesce($6, case when landmark_count < $10 then elevation_sigma_deg end),
       calibration = $7, landmark_count = $8, calibrated_at = $9, updated_at = $9
     where id = $1`,
    [
      deviceId,
      calibration.azimuthOffsetDeg,
      calibration.tiltOffsetDeg,
      calibration.focalScale,
      calibration.azimuthSigmaDeg,
      calibration.elevationSigmaDeg,
      toJsonb(calibration),
      calibration.landmarks.length,
      at,
      LANDMARKS_FOR_SIGMA,
    ],
  );
};

/**
 * What the device's σ and calibration rested on is gone or has changed. Its offsets stay, as the best guess there
 * is; σ that came from landmarks goes, but for what `keep` says was given by hand just now.
 */
export const forgetCalibration = async (
  db: Queryable,
  deviceId: string,
  keep: { azimuthSigma: boolean; elevationSigma: boolean },
): Promise<void> => {
  await db.query(
    `update device set
       azimuth_sigma_deg = case when $2 or landmark_count < $4 then azimuth_sigma_deg end,
       elevation_sigma_deg = case when $3 or landmark_count < $4 then elevation_sigma_deg end,
       calibration = null, landmark_count = 0, calibrated_at = null
     where id = $1 and calibrated_at is not null`,
    [deviceId, keep.azimuthSigma, keep.elevationSigma, LANDMARKS_FOR_SIGMA],
  );
};
