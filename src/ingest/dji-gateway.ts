import type { Device, DeviceRegistry } from '../devices/index.ts';
import type { Logger } from '../shared/logger.ts';
import { type Rejected, rejected } from './decoded.ts';
import type { NewDeviceEvent } from './device-event-store.ts';
import { type Claim, judgeClaim } from './dialects/dji-claim.ts';
import { asRecord, type DjiMessage, readDjiMessage } from './dialects/dji-envelope.ts';
import { type CommandProgress, readDjiEvent } from './dialects/dji-event.ts';
import { refuseForeign } from './dialects/dji-osd.ts';
import { type DjiUpTopic, djiReply, type Outgoing, RESULT } from './dialects/dji-reply.ts';
import {
  answerRequest,
  bindingData,
  bindStatusSerials,
  type DjiCloud,
  readBinding,
  requestMethod,
} from './dialects/dji-request.ts';
import { readTopology } from './dialects/dji-topology.ts';
import type { DjiControl } from './topics.ts';

/** A gateway's answer to a service we asked of it. */
export type ServiceReply = {
  gatewayId: string;
  method: string | null;
  tid: string | null;
  bid: string | null;
  /** 0 = it will do so. */
  result: number;
  data: Record<string, unknown>;
};

/** What the gateway's messages lead to. Each resolves when it is kept. */
export type DjiSinks = {
  publish(message: Outgoing): Promise<void>;
  online(deviceId: string, online: boolean, at: Date): Promise<void>;
  /** False when its id was taken meanwhile. */
  registerAircraft(gateway: Device, claim: Claim): Promise<boolean>;
  /** True when it was news. */
  modelKey(deviceId: string, modelKey: string): Promise<boolean>;
  event(event: NewDeviceEvent): Promise<void>;
  state(deviceId: string, keys: Record<string, unknown>): Promise<void>;
  /** False when it answers nothing we asked. */
  serviceReply(reply: ServiceReply): Promise<boolean>;
  /** False when it is the progress of nothing we asked. */
  commandProgress(
    gatewayId: string,
    progress: CommandProgress,
    data: Record<string, unknown>,
  ): Promise<boolean>;
};

export type DjiGatewayDeps = {
  registry: Pick<DeviceRegistry, 'resolve' | 'refresh' | 'aircraftOf'>;
  sinks: DjiSinks;
  cloud: DjiCloud;
  now(): Date;
  logger: Logger;
};

type Result = { kind: 'taken' } | Rejected;
type Context = { device: Device; message: DjiMessage; receivedAt: Date };

export type DjiGateway = {
  take(
    topic: DjiControl,
    device: Device,
    { payload, receivedAt }: { payload: Buffer; receivedAt: Date },
  ): Promise<Result>;
};

const TAKEN = { kind: 'taken' } as const;

/**
 * The cloud a DJI dock or controller logs in to: takes what it says of itself and answers what it asks. Decisions and
 * answers are made by the dialect's pure functions; this carries them out. An answer goes out after what it answers
 * is committed.
 */
export const createDjiGateway = (deps: DjiGatewayDeps): DjiGateway => {
  const { registry, sinks, cloud, logger } = deps;

  /** A gateway asks again when no answer comes, so one that cannot be sent is only worth a line in the log. */
  const answer = async (
    topic: DjiUpTopic,
    { device, message }: Context,
    data: Record<string, unknown>,
  ): Promise<void> => {
    try {
      await sinks.publish(djiReply({ sn: device.id, topic, message }, data, deps.now()));
    } catch (error) {
      logger.warn({ err: error, deviceId: device.id, method: message.method }, 'answer not sent');
    }
  };

  const keep = (
    { device, message, receivedAt }: Context,
    method = message.method ?? 'unknown',
  ): Promise<void> =>
    sinks.event({
      deviceId: device.id,
      method,
      tid: message.tid,
      observedAt: message.observedAt,
      receivedAt,
      data: message.data,
    });

  /** Undefined when the gateway speaks for that aircraft now, else why not. */
  const claim = async (gateway: Device, wanted: Claim): Promise<string | undefined> => {
    const judge = async () => {
      const known = await registry.resolve(wanted.sn);
      const aircraftCount = registry.aircraftOf(gateway.id).length;
      return judgeClaim(wanted, { gateway, known, aircraftCount });
    };
    let verdict = await judge();
    if (verdict.kind === 'new') {
      if (await sinks.registerAircraft(gateway, wanted)) {
        await registry.refresh(wanted.sn);
        logger.info({ deviceId: wanted.sn, gatewayId: gateway.id }, 'aircraft registered');
        return undefined;
      }
      await registry.refresh(wanted.sn);
      verdict = await judge();
    }
    if (verdict.kind === 'own') return undefined;
    return verdict.kind === 'refused' ? verdict.reason : `id "${wanted.sn}" is taken`;
  };

  const learnModel = async (deviceId: string, modelKey: string | null): Promise<void> => {
    if (modelKey !== null && (await sinks.modelKey(deviceId, modelKey)))
      await registry.refresh(deviceId);
  };

  const takeStatus = async (context: Context): Promise<Result> => {
    const { device, message, receivedAt } = context;
    if (message.method !== 'update_topo') {
      await keep(context);
      await answer('status', context, { result: RESULT.ok });
      return TAKEN;
    }
    const refuse = async (problem: Rejected, result: number): Promise<Result> => {
      await answer('status', context, { result });
      return problem;
    };
    if (device.kind !== 'dock') {
      const reason = `"${device.id}" is registered as a ${device.kind}; register gateways as kind dock`;
      return refuse(rejected('wrong_device', reason), RESULT.failed);
    }
    const read = readTopology(message);
    if (read.kind === 'rejected') return refuse(read, RESULT.failed);
    const { modelKey, aircraft } = read.topology;
    await learnModel(device.id, modelKey);
    await sinks.online(device.id, true, receivedAt);
    const reasons: string[] = [];
    const connected = new Set<string>();
    for (const wanted of aircraft) {
      const reason = await claim(device, wanted);
      if (reason !== undefined) {
        reasons.push(reason);
        continue;
      }
      connected.add(wanted.sn);
      await learnModel(wanted.sn, wanted.modelKey);
      await sinks.online(wanted.sn, true, receivedAt);
    }
    for (const { id } of registry.aircraftOf(device.id)) {
      if (!connected.has(id)) await sinks.online(id, false, receivedAt);
    }
    if (reasons.length > 0) {
      return refuse(rejected('wrong_device', reasons.join('; ')), RESULT.boundElsewhere);
    }
    await answer('status', context, { result: RESULT.ok });
    return TAKEN;
  };

  const bind = async (context: Context): Promise<Result> => {
    const { device, message } = context;
    const wanted = readBinding(message.data);
    if (wanted === undefined || device.kind !== 'dock') {
      await answer('requests', context, { result: RESULT.failed });
      return rejected('invalid_payload', '/data is no list of devices to bind to a dock');
    }
    const outcomes: { sn: string; code: number }[] = [];
    const reasons: string[] = [];
    for (const { organizationId, ...one } of wanted) {
      if (organizationId !== null && organizationId !== cloud.organizationId) {
        outcomes.push({ sn: one.sn, code: RESULT.wrongOrganization });
        reasons.push(`organization "${organizationId}" is not "${cloud.organizationId}"`);
        continue;
      }
      const reason = one.sn === device.id ? undefined : await claim(device, one);
      if (reason !== undefined) reasons.push(reason);
      outcomes.push({ sn: one.sn, code: reason === undefined ? RESULT.ok : RESULT.boundElsewhere });
    }
    await answer('requests', context, bindingData(outcomes));
    return reasons.length === 0 ? TAKEN : rejected('wrong_device', reasons.join('; '));
  };

  const takeRequest = async (context: Context): Promise<Result> => {
    const { device, message } = context;
    const method = requestMethod(message);
    if (method === 'airport_organization_bind') return bind(context);
    const callsigns = new Map<string, string>();
    for (const sn of bindStatusSerials(message)) {
      const known = await registry.resolve(sn);
      if (known !== undefined && (known.id === device.id || known.gatewayId === device.id))
        callsigns.set(sn, known.name);
    }
    if (method === 'config' && cloud.app === undefined) {
      logger.warn(
        { deviceId: device.id },
        'a dock asks for its licence; set DJI_APP_ID, DJI_APP_KEY and DJI_APP_LICENSE',
      );
    }
    const data = answerRequest(message, cloud, (sn) => callsigns.get(sn));
    if (data === undefined) await keep(context);
    await answer('requests', context, data ?? { result: RESULT.failed });
    return TAKEN;
  };

  const takeEvent = async (context: Context): Promise<Result> => {
    const { device, message } = context;
    const event = readDjiEvent(message);
    const { progress } = event;
    // Comes every second while it flies: kept with its command, and with the device only when somebody else sent it.
    const isOurs =
      progress !== null &&
      (await sinks.commandProgress(device.id, progress, asRecord(message.data)));
    if (!isOurs) await keep(context, event.method);
    if (Object.keys(event.state).length > 0) {
      const aircraft = event.about === 'aircraft' ? soleAircraft(device, registry) : undefined;
      await sinks.state((aircraft ?? device).id, event.state);
    }
    if (message.needReply) await answer('events', context, { result: RESULT.ok });
    return TAKEN;
  };

  const takeServiceReply = async (context: Context): Promise<Result> => {
    const { device, message } = context;
    const { tid, bid, method } = message;
    const data = asRecord(message.data);
    const result = data.result;
    if (typeof result !== 'number' || !Number.isSafeInteger(result)) {
      return rejected('invalid_payload', '/data/result is no whole number');
    }
    const known = await sinks.serviceReply({
      gatewayId: device.id,
      method,
      tid,
      bid,
      result,
      data,
    });
    if (!known) await keep(context, `services_reply/${method ?? 'unknown'}`);
    return TAKEN;
  };

  const takers: Record<DjiControl, (context: Context) => Promise<Result>> = {
    status: takeStatus,
    requests: takeRequest,
    events: takeEvent,
    services_reply: takeServiceReply,
  };

  return {
    async take(topic, device, { payload, receivedAt }) {
      const read = readDjiMessage(payload, receivedAt);
      if (read.kind === 'rejected') return read;
      const { message } = read;
      const foreign = refuseForeign(message.gateway, device);
      return foreign ?? (await takers[topic]({ device, message, receivedAt }));
    },
  };
};

/** The aircraft a gateway's message is about: itself, or the only one it has. */
export const soleAircraft = (
  device: Device,
  registry: Pick<DeviceRegistry, 'aircraftOf'>,
): Device | undefined => {
  if (device.kind === 'drone') return device;
  const [aircraft, ...others] = registry.aircraftOf(device.id);
  return others.length === 0 ? aircraft : undefined;
};
