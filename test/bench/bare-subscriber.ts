// The yardstick: a bare MQTT.js subscriber that only parses JSON. Prints how many it has parsed, ten times a second.
import mqtt from 'mqtt';

const client = await mqtt.connectAsync(process.argv[2] ?? '');
let parsed = 0;
client.on('message', (_topic, payload) => {
  JSON.parse(payload.toString());
  parsed += 1;
});
await client.subscribeAsync('fengsui/v1/+/+/telemetry', { qos: 0 });
process.stdout.write('0\n');
setInterval(() => process.stdout.write(`${parsed}\n`), 100);
process.on('SIGTERM', () => process.exit(0));
