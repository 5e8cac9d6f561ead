import type { Device } from '../devices/index.ts';
import type { Decoded, Rejected } from './decoded.ts';

/** One thing a message of a camera, or of a box in front of cameras, says. */
export type CameraItem = {
  /** What the box calls the camera; null = the device that sent it. */
  camera: string | null;
  /** What it says when it is this registered camera: pure, never throws. */
  readFor: (device: Device) => Decoded;
};

/** A message of a camera's dialect; one without items is well-formed, but nothing of interest. */
export type CameraMessage = { kind: 'items'; items: readonly CameraItem[] } | Rejected;

/** What a decoder may know besides the bytes. */
export type Reception = {
  receivedAt: Date;
  /** Of the county: some equipment says local time without a zone. IANA name. */
  timeZone: string;
};

export const NO_ITEMS: CameraMessage = { kind: 'items', items: [] };

/** A message that says one thing of the device that sent it. */
export const ofSender = (decoded: Decoded): CameraMessage =>
  decoded.kind === 'rejected'
    ? decoded
    : { kind: 'items', items: [{ camera: null, readFor: () => decoded }] };
