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

/** The device's mounting is that of `calibration` from now on. A σ it does not give goes unless `keepSigma`. */
export const saveCalibration = async (
  db: Queryable,
  deviceId: string,
  { calibration, at }: { calibration: Calibration; at: Date },
): Promise<void> => {
  await db.query(
    `update device set azimuth_offset_deg = $2, tilt_offset_deg = $3, focal_scale = $4,
       ${sigmaOr('azimuth_sigma_deg', '$5')}, ${sigmaOr('elevation_sigma_deg', '$6')},
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
    ],
  );
};
