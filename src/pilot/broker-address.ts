import { AppError } from '../shared/app-error.ts';

const DJI_SCHEME: Readonly<Record<string, string>> = { 'mqtt:': 'tcp:', 'mqtts:': 'ssl:' };
const LOOPBACK = /^(127\.|localhost$|\[?::1\]?$)/;

/**
 * The broker as Pilot 2 wants it (`tcp://host:1883`): `publicUrl`, else the embedded one at the name by which the page
 * was reached. Throws `conflict` where nobody knows it, or it listens on loopback alone. Pure.
 */
export const brokerAddress = (
  hostname: string,
  {
    publicUrl,
    embedded,
  }: { publicUrl: string | undefined; embedded: { host: string; url: string } | undefined },
): string => {
  if (publicUrl !== undefined) {
    const { protocol, host } = new URL(publicUrl);
    return `${DJI_SCHEME[protocol] ?? protocol}//${host}`;
  }
  if (embedded === undefined) {
    throw new AppError(
      'conflict',
      `where controllers reach the MQTT broker is not known; set MQTT_PUBLIC_URL, e.g. tcp://${hostname}:1883`,
    );
  }
  if (LOOPBACK.test(embedded.host) && !LOOPBACK.test(hostname)) {
    throw new AppError(
      'conflict',
      `the MQTT broker listens on ${embedded.host} alone; start with MQTT_HOST=0.0.0.0, or set MQTT_PUBLIC_URL`,
    );
  }
  return `tcp://${hostname}:${new URL(embedded.url).port}`;
};
