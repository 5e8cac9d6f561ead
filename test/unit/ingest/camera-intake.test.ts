import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/devices/index.ts';
import { takeCameraMessage } from '../../../src/ingest/camera-intake.ts';
import type { CameraItem } from '../../../src/ingest/camera-message.ts';
import { type Rejected, rejected } from '../../../src/ingest/decoded.ts';
import { credentialsIn } from '../../../src/ingest/equipment-login.ts';
import { camera, gateway } from '../../support/camera-fixtures.ts';

const item = (name: string | null): CameraItem => ({
  camera: name,
  readFor: () => ({ kind: 'status', online: true }),
});

/** Takes items of a message; `refuses` are the devices whose detections cannot be used. */
const taking = async (
  items: readonly CameraItem[],
  { sender = gateway(), refuses = [] }: { sender?: Device; refuses?: readonly string[] } = {},
) => {
  const taken: string[] = [];
  const buried: Rejected[] = [];
  const outcome = await takeCameraMessage(
    {
      registry: {
        cameraBehind: async (gatewayId, name) =>
          gatewayId === 'box-1' && name !== 'nobody' ? camera({ id: `cam-${name}` }) : undefined,
      },
      take: async ({ id }) => {
        if (refuses.includes(id)) return rejected('unlocated', `${id} stands nowhere`);
        taken.push(id);
        return { kind: 'recorded', detectionId: id, incidentId: 'i', number: 'n', opened: true };
      },
      bury: async (problem) => buried.push(problem),
    },
    sender,
    { kind: 'items', items },
  );
  return { outcome, taken, buried };
};

describe('takeCameraMessage', () => {
  it('takes each item for the camera the gateway calls so, the rest for the sender', async () => {
    const { taken, outcome } = await taking([item('a'), item('b')]);
    expect(taken).toEqual(['cam-a', 'cam-b']);
    expect(outcome).toMatchObject({ kind: 'recorded', detectionId: 'cam-a' });
    expect((await taking([item(null)], { sender: camera() })).taken).toEqual(['cam-1']);
  });

  it('takes what it can and buries the rest with the reason', async () => {
    const { outcome, taken, buried } = await taking([item('a'), item('nobody'), item('c')]);
    expect(taken).toEqual(['cam-a', 'cam-c']);
    expect(outcome.kind).toBe('recorded');
    expect(buried).toMatchObject([{ code: 'unknown_device' }]);
    expect(buried[0]?.reason).toMatch(/^1 of 3 parts: .*externalId "nobody"/);
  });

  it('is refused as a whole, and buried by the caller, when nothing could be taken', async () => {
    const { outcome, buried } = await taking([item('a')], { refuses: ['cam-a'] });
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'unlocated' });
    expect(buried).toEqual([]);
  });

  it('lets nobody but a gateway report for another', async () => {
    const { outcome, taken } = await taking([item('a')], { sender: camera({ id: 'cam-9' }) });
    expect(taken).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'wrong_device' });
  });

  it('is content with a message that says nothing of interest', async () => {
    expect((await taking([])).outcome).toEqual({ kind: 'taken' });
  });
});

describe('credentialsIn', () => {
  it.each([
    [`Basic ${Buffer.from('cam-1:se:cret').toString('base64')}`, ['cam-1', 'se:cret']],
    ['Bearer cam.1.north.abc_-123', ['cam.1.north', 'abc_-123']],
    ['bearer cam-1.abc', ['cam-1', 'abc']],
  ])('reads %s', (header, [deviceId, secret]) => {
    expect(credentialsIn(header)).toEqual({ deviceId, secret });
  });

  it.each([undefined, '', 'Basic', 'Basic !!', 'Bearer abc', 'Bearer .abc', 'Digest x="y"'])(
    'finds none in %s',
    (header) => {
      expect(credentialsIn(header)).toBeUndefined();
    },
  );
});
