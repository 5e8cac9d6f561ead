import { readMavlinkFrames } from '../../src/ingest/dialects/mavlink-frame.ts';
import { NOTHING_HEARD } from '../../src/ingest/dialects/mavlink-state.ts';
import { foldMavlink } from '../../src/ingest/dialects/mavlink-telemetry.ts';
import {
  attitude,
  battery,
  cameraFov,
  gimbal,
  heartbeat,
  mavlinkFrame,
  position,
  sysStatus,
} from '../support/mavlink.ts';

const RUNS = 5_000;
const BATCHES = 15;

/** What a MAVLink frame costs: found, checked and folded into the aircraft's state; the median of batches. */
export const benchMavlink = (print: (line: string) => void): void => {
  const said = [
    heartbeat(),
    sysStatus(70),
    battery(),
    attitude(),
    gimbal({ pitchDeg: -20, yawDeg: 90 }),
    cameraFov(),
    position(),
  ];
  const datagram = Buffer.concat(said.map((message) => mavlinkFrame(message)));
  const perFrameUs: number[] = [];
  let state = NOTHING_HEARD;
  let nowMs = Date.now();
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const started = performance.now();
    for (let i = 0; i < RUNS; i += 1) {
      nowMs += 1_000;
      const { frames } = readMavlinkFrames(datagram);
      if (frames.length !== said.length) throw new Error('not decoded');
      for (const frame of frames) ({ state } = foldMavlink(state, frame, new Date(nowMs)));
    }
    perFrameUs.push(((performance.now() - started) / RUNS / said.length) * 1000);
  }
  const median = perFrameUs.toSorted((a, b) => a - b)[Math.floor(BATCHES / 2)] ?? Number.NaN;
  print(`mavlink: ${median.toFixed(1)} µs a frame to find, check and fold`);
};
