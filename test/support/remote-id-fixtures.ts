/** What a drone says of itself; left out = it does not say, as Remote ID has it (0/0, −1000 m, 255 m/s, 361°). */
export type Said = {
  serial?: string | null;
  /** A second id: a registration. */
  registration?: string;
  lon?: number;
  lat?: number;
  altitudeM?: number;
  heightM?: number;
  aboveGround?: boolean;
  speedMps?: number;
  directionDeg?: number;
  status?: number;
  operator?: readonly [number, number];
  operatorId?: string;
  purpose?: string;
};

/** The `ODID_UAS_Data` of opendroneid-core-c, as a 64-bit little-endian machine holds it: 920 bytes. */
export const odidBytes = (said: Said = {}): Buffer => {
  const bytes = Buffer.alloc(920);
  const { serial = '1581F4FOREIGN0000001', registration, operator, operatorId, purpose } = said;
  if (serial !== null) {
    bytes.writeInt32LE(2, 0);
    bytes.writeInt32LE(1, 4);
    bytes.write(serial, 8, 20, 'latin1');
    bytes[892] = 1;
  }
  if (registration !== undefined) {
    bytes.writeInt32LE(2, 36);
    bytes.write(registration, 40, 20, 'latin1');
    bytes[893] = 1;
  }
  bytes.writeInt32LE(said.status ?? 2, 64);
  bytes.writeFloatLE(said.directionDeg ?? 361, 68);
  bytes.writeFloatLE(said.speedMps ?? 255, 72);
  bytes.writeFloatLE(63, 76);
  bytes.writeDoubleLE(said.lat ?? 0, 80);
  bytes.writeDoubleLE(said.lon ?? 0, 88);
  bytes.writeFloatLE(-1000, 96);
  bytes.writeFloatLE(said.altitudeM ?? -1000, 100);
  bytes.writeInt32LE(said.aboveGround === true ? 1 : 0, 104);
  bytes.writeFloatLE(said.heightM ?? -1000, 108);
  bytes[894] = 1;
  if (purpose !== undefined) {
    bytes.write(purpose, 780, 23, 'utf8');
    bytes[911] = 1;
  }
  if (operator !== undefined) {
    bytes.writeDoubleLE(operator[1], 816);
    bytes.writeDoubleLE(operator[0], 824);
    bytes[912] = 1;
  }
  if (operatorId !== undefined) {
    bytes.write(operatorId, 868, 20, 'latin1');
    bytes[913] = 1;
  }
  return bytes;
};

/** What a DroneScout receiver publishes of it. */
export const remoteIdMessage = (
  said: Said = { lon: 113.27, lat: 26.71, heightM: 120 },
  over: Record<string, unknown> = {},
) => ({
  protocol: 1.0,
  data: {
    'sensor ID': 'rid-1',
    RSSI: -61,
    channel: 37,
    timestamp: 1_775_358_003_000,
    'MAC address': '60:60:1F:AA:BB:CC',
    type: 'BLE long range',
    UASdata: odidBytes(said).toString('base64'),
    ...over,
  },
});
