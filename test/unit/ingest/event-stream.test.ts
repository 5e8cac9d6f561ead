import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventStream } from '../../../src/ingest/event-stream.ts';
import { MAX_PAYLOAD_BYTES } from '../../../src/ingest/payload.ts';
import { dahuaEvent } from '../../support/camera-fixtures.ts';

const TYPE = 'multipart/x-mixed-replace; boundary=myboundary';
const frame = (body: string, length: number | null = Buffer.byteLength(body)): string =>
  `--myboundary\r\nContent-Type: text/plain\r\n${length === null ? '' : `Content-Length: ${String(length)}\r\n`}\r\n${body}\r\n\r\n`;
const read = (text: string, type = TYPE): string[] =>
  createEventStream(type).push(Buffer.from(text)).map(String);

const EVENT = dahuaEvent({ Name: '山火' });

describe('an event stream', () => {
  it('hands out a part as soon as it is as long as it said', () => {
    expect(read(frame(EVENT))).toEqual([EVENT]);
  });

  it('waits for the next delimiter where no length was said, or one too large', () => {
    for (const length of [null, 9_999]) {
      expect(read(frame(EVENT, length))).toEqual([]);
      expect(read(frame(EVENT, length) + frame('Heartbeat'))).toEqual([EVENT, 'Heartbeat']);
    }
  });

  it('reads parts whose header has no empty line behind it, and boundaries that bring their dashes', () => {
    const bare =
      '--myboundary\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nHeartbeat\r\n\r\n';
    expect(read(bare + bare)).toEqual(['Heartbeat', 'Heartbeat']);
    expect(read(frame('Heartbeat'), `${TYPE.replace('=', '="--')}"`)).toEqual(['Heartbeat']);
  });

  it('says the same however it was split', () => {
    const bodies = [EVENT, 'Heartbeat', dahuaEvent(null), EVENT];
    const whole = Buffer.from(`noise\r\n${bodies.map((body) => frame(body)).join('')}`);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 40 }), (cuts) => {
        const stream = createEventStream(TYPE);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const parts = edges
          .slice(1)
          .flatMap((edge, i) => stream.push(whole.subarray(edges[i] ?? 0, edge)));
        expect(parts.map(String)).toEqual(bodies);
      }),
      { seed: 20261128, numRuns: 300 },
    );
  });

  it('keeps no more than one part, and goes on behind one that is too large', () => {
    const stream = createEventStream(TYPE);
    const chunk = Buffer.alloc(50_000, 'x');
    const parts = [
      ...stream.push(Buffer.from('--myboundary\r\nContent-Length: 999999999\r\n\r\n')),
    ];
    for (let i = 0; i < 40; i += 1) parts.push(...stream.push(chunk));
    expect(parts).toHaveLength(1);
    expect(parts[0]?.length).toBeGreaterThan(MAX_PAYLOAD_BYTES);
    expect(stream.push(Buffer.from(`\r\n${frame(EVENT)}`)).map(String)).toEqual([EVENT]);
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      '--myboundary',
      '\r\n',
      'Content-Length: 3',
      ': ',
      'Code=',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (texts) => {
        const stream = createEventStream(TYPE);
        for (const text of texts) stream.push(Buffer.from(text));
      }),
      { seed: 20261128, numRuns: 500 },
    );
  });
});
