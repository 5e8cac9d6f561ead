import type { Device, DeviceRegistry } from '../devices/index.ts';
import type { Logger } from '../shared/logger.ts';
import { noCamera } from './camera-intake.ts';
import type { Rejected } from './decoded.ts';
import type { Arrival, InboundMessage } from './inbound-message.ts';
import { type IngestSinks, otherKind } from './ingest-sinks.ts';
import type { PictureTopic } from './topics.ts';

type PictureIntakeDeps = {
  registry: Pick<DeviceRegistry, 'cameraBehind'>;
  sinks: Pick<IngestSinks, 'picture'>;
};

/** Takes a picture that comes by itself. */
export const takePicture = async (
  { registry, sinks }: PictureIntakeDeps,
  topic: PictureTopic,
  sender: Device,
  { message, receivedAt }: Arrival,
): Promise<{ kind: 'taken' } | Rejected> => {
  const bytes = message.payload;
  if (topic.message === 'image') {
    if (topic.kind !== sender.kind) return otherKind(sender, topic.kind);
    const { sourceEventId } = topic;
    const sent = { deviceId: sender.id, bytes, of: { sourceEventId }, receivedAt };
    return (await sinks.picture(sent)) ?? { kind: 'taken' };
  }
  const camera = await registry.cameraBehind(sender.id, topic.camera);
  if (camera === undefined) return noCamera(sender, topic.camera);
  const sent = { deviceId: camera.id, bytes, of: { sourceEventId: null }, receivedAt };
  return (await sinks.picture(sent)) ?? { kind: 'taken' };
};

/** The detections are committed by now, and people are being told: nothing that goes wrong here may undo that. */
export const takePicturesWith = async (
  {
    sinks,
    bury,
    logger,
  }: Pick<PictureIntakeDeps, 'sinks'> & {
    bury: (message: InboundMessage, problem: Rejected, receivedAt: Date) => Promise<unknown>;
    logger: Logger;
  },
  { message, receivedAt }: Arrival,
  { deviceId, detectionIds }: { deviceId: string; detectionIds: readonly string[] },
): Promise<void> => {
  if (detectionIds.length === 0) return;
  for (const bytes of message.pictures ?? []) {
    try {
      const sent = { deviceId, bytes, of: { detectionIds }, receivedAt };
      const refused = await sinks.picture(sent);
      if (refused === undefined) continue;
      await bury(
        { ...message, topic: `${message.topic}/picture`, payload: bytes },
        refused,
        receivedAt,
      );
    } catch (error) {
      logger.error({ err: error, deviceId, detectionIds }, 'a picture of a detection is LOST');
    }
  }
};
