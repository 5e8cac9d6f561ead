import { spawn } from 'node:child_process';
import { vi } from 'vitest';
import type { Response, TestService } from './service.ts';

/** Runs a program to its end; what it printed, and its exit code. */
const run = (
  program: string,
  args: readonly string[],
  stdin: Buffer | string = '',
): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
    child.stdin.end(stdin);
  });

/** Publishes once with mosquitto_pub, QoS 1, the payload byte for byte; waits until the broker knows the login. */
export const mosquittoPub = async (
  town: TestService,
  login: { id: string; secret: string },
  { topic, payload }: { topic: string; payload: Buffer | string },
): Promise<void> => {
  const { hostname, port } = new URL(town.service.mqttUrl());
  const place = ['-h', hostname, '-p', port, '-u', login.id, '-P', login.secret];
  const args = [...place, '-i', login.id, '-t', topic, '-q', '1', '-s'];
  await vi.waitFor(
    async () => {
      const { code, output } = await run('mosquitto_pub', args, payload);
      if (code !== 0) throw new Error(`mosquitto_pub: ${output}`);
    },
    { timeout: 10_000, interval: 100 },
  );
};

/** What curl is answered below the service's address. */
export const curl = async (
  town: TestService,
  path: string,
  args: readonly string[],
): Promise<Response> => {
  const address = `${town.service.httpUrl()}/${path}`;
  const { output } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args, address]);
  const lines = output.trimEnd().split('\n');
  const status = Number(lines.pop());
  return { status, body: JSON.parse(lines.join('\n')) as Record<string, unknown> };
};
