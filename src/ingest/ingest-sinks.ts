import type { AircraftSighting } from '../airspace/index.ts';
import type { Device } from '../devices/index.ts';
import type { SentImage } from '../images/index.ts';
import type { Recorded } from '../incidents/index.ts';
import type { SignOfLife } from '../telemetry/index.ts';
import type { DeadLetterCode, NewDeadLetter } from './dead-letter-store.ts';
import {
  type DetectionReport,
  type PersonPosition,
  type PersonReceipt,
  type Rejected,
  rejected,
} from './decoded.ts';
import type { Origin } from './detection-intake.ts';

export type IngestMetrics = {
  received(lane: string, dialect: string, message: string): void;
  deadLetter(code: DeadLetterCode): void;
  /** From our receipt to COMMIT. */
  committed(delayMs: number): void;
};

/** What ingest hands its decoded messages to. Each resolves when what it must keep is kept. */
export type IngestSinks = {
  detection(report: DetectionReport, device: Device, origin: Origin): Promise<Recorded | Rejected>;
  online(
    deviceId: string,
    change: { online: boolean; at: Date; link: 'bus' | 'http' },
  ): Promise<void>;
  /** It is there, for it has just reported; written down later. */
  heard(sign: SignOfLife): void;
  aircraft(sighting: AircraftSighting, receiverId: string, receivedAt: Date): Promise<void>;
  personPosition(personId: string, position: PersonPosition, receivedAt: Date): Promise<void>;
  /** Rejected when the notification is not that person's. */
  receipt(personId: string, receipt: PersonReceipt, receivedAt: Date): Promise<void | Rejected>;
  /** Rejected when it is no picture, or too large. */
  picture(sent: SentImage): Promise<void | Rejected>;
  deadLetter(letter: NewDeadLetter): Promise<string>;
};

/** What has become of a message, or of what it says of one device. */
export type Taken = { kind: 'taken' } | Recorded | Rejected;

export const notRegistered = (id: string): Rejected =>
  rejected('unknown_device', `device "${id}" is not registered`);

export const otherKind = (device: Device, kind: string): Rejected =>
  rejected('wrong_device', `device "${device.id}" is a ${device.kind}, not a ${kind}`);
